//! Pages as a browser takes them apart: tags with their attributes, and where links lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The opening tags of a page. A `<` of text is escaped, so each one begins a tag.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for part in html.split('<').skip(1).filter(|part| !part.starts_with(['/', '!'])) {
        let mut rest = part;
        let end = rest.find([' ', '>', '\n']).unwrap();
        let name = rest[..end].to_owned();
        rest = rest[end..].trim_start();
        let mut attributes = Vec::new();
        while !rest.starts_with('>') {
            let end = rest.find(['=', ' ', '>']).unwrap();
            let name = rest[..end].to_owned();
            rest = &rest[end..];
            let mut value = String::new();
            if let Some(quoted) = rest.strip_prefix("=\"") {
                let (inside, behind) = quoted.split_once('"').unwrap();
                value = plain(inside);
                rest = behind;
            }
            attributes.push((name, value));
            rest = rest.trim_start();
        }
        tags.push(Tag { name, attributes });
    }
    tags
}

/// Text without the escapes.
pub fn plain(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

/// Every file below a folder, by its path with `/`.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

pub struct Site {
    pub files: BTreeMap<String, String>,
}

impl Site {
    pub fn read(folder: &Path) -> Site {
        Site { files: files(folder) }
    }

    fn pages(&self) -> impl Iterator<Item = (&String, &String)> {
        self.files.iter().filter(|(path, _)| path.ends_with(".html"))
    }

    /// Links that lead nowhere, and whatever a page would load from outside.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (path, text) in self.pages() {
            for tag in tags(text) {
                for name in ["href", "src", "action", "srcset", "poster", "data", "formaction"] {
                    let Some(link) = tag.attribute(name) else { continue };
                    let may_lead_out = (tag.name == "a" && name == "href") || (tag.name == "form" && name == "action");
                    if ["https:", "http:", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
                        if !may_lead_out {
                            faults.push(format!("{path} loads {link}"));
                        }
                    } else if let Err(fault) = self.leads(path, link) {
                        faults.push(fault);
                    }
                }
            }
        }
        faults
    }

    /// The file that a link of a page leads to.
    fn leads(&self, page: &str, link: &str) -> Result<String, String> {
        let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
        let mut parts: Vec<&str> = page.split('/').collect();
        parts.pop();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match part {
                ".." => parts.pop().map(|_| ()).ok_or(format!("{page}: {link} leads out of the folder"))?,
                part => parts.push(part),
            }
        }
        let target = if path.is_empty() { page.to_owned() } else { parts.join("/") };
        let text = self.files.get(&target).ok_or(format!("{page}: {link} is not there"))?;
        match fragment.is_empty() || tags(text).iter().any(|tag| tag.attribute("id") == Some(fragment)) {
            true => Ok(target),
            false => Err(format!("{page}: {link} has no such place")),
        }
    }

    /// The pages that links lead to from one, all the way.
    pub fn reached(&self, from: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::from([from.to_owned()]);
        let mut open = vec![from.to_owned()];
        while let Some(page) = open.pop() {
            for tag in tags(&self.files[&page]).iter().filter(|tag| tag.name == "a") {
                let target = tag.attribute("href").and_then(|link| self.leads(&page, link).ok());
                if let Some(target) = target.filter(|target| target.ends_with(".html"))
                    && reached.insert(target.clone())
                {
                    open.push(target);
                }
            }
        }
        reached
    }
}
