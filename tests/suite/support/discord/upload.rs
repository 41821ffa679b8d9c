//! Messages with files: forms that hold a message as JSON and its files beside it.

use serde_json::Value;

/// A file, as it was uploaded.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The form's field: `files[0]`.
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The JSON and the files of a form (RFC 7578), or what is wrong with it.
pub(super) fn read(content_type: &str, body: &[u8]) -> Result<(Value, Vec<File>), String> {
    let boundary = content_type.split("boundary=").nth(1).ok_or("a form without a boundary")?.trim_matches('"');
    let (mut json, mut files) = (None, Vec::new());
    let mut rest = body;
    let mark = format!("--{boundary}");
    rest = after(rest, mark.as_bytes()).ok_or("a form that does not begin")?.1;
    while !rest.starts_with(b"--") {
        let (part, behind) = after(rest, format!("\r\n{mark}").as_bytes()).ok_or("a form that does not end")?;
        rest = behind;
        let (head, bytes) = after(part, b"\r\n\r\n").ok_or("a part without a head")?;
        let head = String::from_utf8_lossy(head).into_owned();
        let value = |key: &str| head.split(&format!(" {key}=\"")).nth(1).and_then(|text| text.split('"').next());
        match (value("name").ok_or("a part without a name")?, value("filename")) {
            ("payload_json", None) => json = serde_json::from_slice(bytes).ok(),
            (field, Some(name)) => {
                files.push(File { field: field.to_owned(), name: name.to_owned(), bytes: bytes.to_vec() })
            }
            (field, None) => return Err(format!("a part \"{field}\" that is no file")),
        }
    }
    Ok((json.ok_or("a form without payload_json")?, files))
}

/// What stands before and behind the first of these bytes.
fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}
