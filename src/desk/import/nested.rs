//! Values inside values: `fields.reporter.emailAddress`, `articles.0.body`, `labels.name`.

use serde_json::{Map, Value};

/// What stands under a dotted path: a key that is so written, else step by step. A number picks one of a list; any
/// other step into a list goes into each of its elements; a list at the end gives its elements.
pub fn find<'v>(object: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    in_object(object, path, &mut found);
    found
}

/// Whether a path begins in an object, whatever it finds there.
pub fn begins(object: &Map<String, Value>, path: &str) -> bool {
    object.contains_key(path) || path.split('.').next().is_some_and(|step| object.contains_key(step))
}

fn in_object<'v>(object: &'v Map<String, Value>, path: &str, found: &mut Vec<&'v Value>) {
    if let Some(value) = object.get(path) {
        return at_end(value, found);
    }
    // The longest first step that is a key: a key may hold dots itself.
    let steps = path.rmatch_indices('.').map(|(dot, _)| (&path[..dot], &path[dot + 1..]));
    if let Some((value, rest)) = steps.filter_map(|(step, rest)| Some((object.get(step)?, rest))).next() {
        below(value, rest, found);
    }
}

fn below<'v>(value: &'v Value, path: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => in_object(object, path, found),
        Value::Array(elements) => {
            let (step, rest) = path.split_once('.').unwrap_or((path, ""));
            match step.parse::<usize>() {
                Ok(at) => match (elements.get(at), rest) {
                    (None, _) => {}
                    (Some(element), "") => at_end(element, found),
                    (Some(element), rest) => below(element, rest, found),
                },
                Err(_) => elements.iter().for_each(|element| below(element, path, found)),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn at_end<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(elements) => found.extend(elements),
        one => found.push(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_goes_through_tables_and_lists() {
        let row = json!({"a": {"b": 1}, "l": [{"n": "x"}, {"n": "y"}], "a.c": 2, "d.e": {"f": 3}, "s": ["p", "q"]});
        let row = row.as_object().unwrap();
        let texts = |path| find(row, path).into_iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!([texts("a.b"), texts("a.c"), texts("d.e.f")], ["1", "2", "3"]);
        assert_eq!(
            [texts("l.n"), texts("l.1.n"), texts("s"), texts("s.0")],
            ["\"x\" \"y\"", "\"y\"", "\"p\" \"q\"", "\"p\""]
        );
        assert_eq!([texts("l.7.n"), texts("a.b.c"), texts(""), texts("..")], ["", "", "", ""]);
    }
}
