use super::*;
use proptest::prelude::*;

fn plain(markdown: &str, width: usize) -> String {
    render(markdown, Paper { width, colour: false, utf8: true })
}

#[test]
fn a_page_reads_without_colour() {
    let markdown = "\
# Reset a token

Open the **app** on your *phone*, then `Settings`.
See [the portal](https://example.com/x) or <https://example.com/y>, not [above](#top).

## Steps

1. Close it
2. Open it:

   ```sh
   \tping -c 1 example.com
   ```
   - one
   - two, which is so long that it goes on in the next line
3. Wait

> Do not
> hurry.

| what | how many |
|------|---------:|
| keys | 3 |
| long words here | 12 |

![a picture of the app](x.png)

---
end
";
    assert_eq!(
        plain(markdown, 44),
        "\
Reset a token

  Open the app on your phone, then
  `Settings`. See the portal
  <https://example.com/x> or
  https://example.com/y, not above.

Steps

  1. Close it

  2. Open it:

             ping -c 1 example.com

     • one
     • two, which is so long that it goes on
       in the next line

  3. Wait

  │ Do not hurry.

  what             how many
  ───────────────  ────────
  keys                    3
  long words here        12

  a picture of the app

  ────────────────────────────────────────

  end
"
    );
}

#[test]
fn tight_lists_stay_tight_and_nested_ones_go_in() {
    assert_eq!(
        plain("- a\n- b\n  1. c\n  2. d\n- e\n\ntext", 40),
        "  • a\n  • b\n    1. c\n    2. d\n  • e\n\n  text\n"
    );
    assert_eq!(plain("> 1. a\n> 2. b\n>\n> c", 40), "  │ 1. a\n  │ 2. b\n  │\n  │ c\n");
    assert_eq!(plain("- [x] a\n- [ ] b", 40), "  • [x] a\n  • [ ] b\n");
    let ascii = render("- a\n\n> b", Paper { width: 40, colour: false, utf8: false });
    assert_eq!(ascii, "  * a\n\n  | b\n");
}

#[test]
fn a_table_that_is_too_wide_becomes_a_list() {
    let table = "| setting | value |\n|---|---|\n| a cipher of some kind | a value that is long |\n| b | c |";
    assert_eq!(
        plain(table, 30),
        "  setting: a cipher of some\n  kind\n  value: a value that is long\n\n  setting: b\n  value: c\n"
    );
}

#[test]
fn what_is_hostile_is_shown() {
    let markdown = "a\u{1b}[2Jb &#27;]0;x&#7; `c\u{202e}d`\n\n    code\u{1b}c\n\n<script>alert(1)</script>\n\nx <b>y</b><br>z [t](javascript:alert(1\u{9b})";
    assert_eq!(
        plain(markdown, 60),
        "  a␛[2Jb ␛]0;x␇ `c\\u{202e}d`\n\n      code␛c\n\n  <script>alert(1)</script>\n\n  x <b>y</b>\n  z [t](javascript:alert(1\\u{9b})\n"
    );
}

#[test]
fn colour_is_beside_the_words() {
    let coloured = render("# T\n\na **b** `c`", Paper { width: 40, colour: true, utf8: true });
    assert_eq!(coloured, "\u{1b}[1m\u{1b}[4mT\u{1b}[0m\n\n  a \u{1b}[1mb\u{1b}[0m \u{1b}[36m`c`\u{1b}[0m\n");
}

proptest! {
    #[test]
    fn nothing_hidden_gets_through_and_nothing_is_too_wide(text in "[-#>*|`a-z1.\\[\\]()<&\u{1b}\u{202e} \n]{0,200}") {
        let page = plain(&text, 60);
        prop_assert!(!page.chars().any(|c| (c.is_control() && c != '\n') || crate::ui::visible::is_hidden(c)));
    }

    #[test]
    fn text_is_never_wider_than_the_paper(words in prop::collection::vec("[a-z]{1,90}", 0..40)) {
        let page = plain(&words.join(" "), 60);
        prop_assert!(page.lines().all(|line| line.chars().count() <= 60), "{page}");
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        prop_assert_eq!(letters(&page), letters(&words.concat()));
    }
}

#[test]
fn footnotes_and_alerts_lose_nothing() {
    assert_eq!(
        plain("a[^1]<br>b</br>c\n\n[^1]: One\n\n> [!WARNING]\n> Hot", 40),
        "  a[^1]\n  b\n  c\n\n  [^1]: One\n\n  │ Warning:\n  │ Hot\n"
    );
}
