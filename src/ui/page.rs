//! A page of HTML that stands by itself: its frame and its style.

use super::format::{Sheet, html};

/// Light and dark as the reader has it; black on white on paper. Bars and lines differ in form, too: full, hollow,
/// dotted; through, dashed, dotted, both.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--paper:#fff;--line:#d1d7de;--bar:#2f6db0;--mark:#b35300}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4af;--paper:#16191d;--line:#3b424b;--bar:#6ea8e0;--mark:#f0a35e}}\
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:54rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6em;margin:0}h2{font-size:1.1em;margin:2rem 0 .3rem}p.lead{color:var(--soft);margin:.2rem 0 1rem}\
p.said{font-size:1.1em;margin:1rem 0}\
dl.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.8rem;margin:1rem 0}\
dl.key div{border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}dl.key dt{color:var(--soft);font-size:.85em}\
dl.key dd{margin:0;font-size:1.6em;font-variant-numeric:tabular-nums}dl.key dd.less{font-size:.85em;color:var(--soft)}\
table{border-collapse:collapse;margin:.5rem 0;font-size:.93em}td,th{padding:.2rem .9rem .2rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}\
div.wide{overflow-x:auto}td.t{white-space:normal;overflow-wrap:anywhere;min-width:14rem}th{color:var(--soft);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
figure{margin:.5rem 0 1rem}figcaption{font-size:.85em;color:var(--soft)}\
svg{max-width:100%;height:auto;font-size:13px;display:block}svg text{fill:var(--ink)}svg text.s{fill:var(--soft);font-size:11px}\
svg .b0{fill:var(--bar)}svg .b1{fill:none;stroke:var(--bar);stroke-width:1.4}svg .b2{fill:none;stroke:var(--bar);stroke-width:1.4;stroke-dasharray:2 2}\
svg .l0,svg .l1,svg .l2,svg .l3{fill:none;stroke:var(--mark);stroke-width:2}svg .l1{stroke-dasharray:6 4}svg .l2{stroke-dasharray:2 3}svg .l3{stroke-dasharray:9 3 2 3}svg .d{fill:var(--mark)}\
svg .g{stroke:var(--line);stroke-width:1}svg .h{fill:var(--bar)}svg text.n{fill:var(--ink)}svg .c{fill:none;stroke:var(--line);stroke-width:.5}\
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--line:#aaa;--bar:#444;--mark:#000}\
@page{margin:15mm}body{margin:0;max-width:none;font-size:10pt}div.wide{overflow:visible}\
table{font-size:9pt}td,th{padding-right:.5rem;white-space:normal}td{overflow-wrap:anywhere}td.n{white-space:nowrap}td.t{min-width:0}\
figure,dl.key,tr{break-inside:avoid}h2{break-after:avoid}\
thead{display:table-header-group}svg *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

/// A table of a page, which scrolls by itself where the page is narrower.
pub fn html_table(sheet: &Sheet<'_>) -> String {
    format!("<div class=\"wide\">{}</div>\n", sheet.html())
}

/// A page that stands by itself around a body that is HTML already.
pub fn html_page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{STYLE}</style></head>\n\
         <body>\n{body}</body></html>\n",
        html(title)
    )
}
