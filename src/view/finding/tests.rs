use super::*;

#[test]
fn codes_are_in_order_and_each_is_there_once() {
    let codes: Vec<&str> = codes::CODES.iter().map(|code| code.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == 6 && code.starts_with("DSK")));
}
