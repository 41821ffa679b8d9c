//! Discord's own description of its API, where it lies beside the checkout: each body is validated against
//! it. It is a reference and not ours to commit, so elsewhere this check says that it was left out.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::state::Request;
use crate::support::root;

/// What is wrong with a body, as Discord's description has it.
pub(super) fn check(request: &Request) -> Option<String> {
    static VALIDATORS: OnceLock<Mutex<HashMap<String, Option<Validator>>>> = OnceLock::new();
    let description = description()?;
    let path = template(description, &request.path)?;
    let method = request.method.to_lowercase();
    let mut validators = VALIDATORS.get_or_init(Mutex::default).lock().ok()?;
    let validator = validators.entry(format!("{method} {path}")).or_insert_with(|| {
        let body = &description["paths"][&path][&method]["requestBody"]["content"]["application/json"]["schema"];
        if body.is_null() {
            return None;
        }
        let schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": description["components"], "allOf": [body]});
        Some(jsonschema::validator_for(&schema).unwrap())
    });
    let errors: Vec<String> =
        validator.as_ref()?.iter_errors(&request.body).take(3).map(|error| error.to_string()).collect();
    (!errors.is_empty()).then(|| format!("against Discord's description: {} in {}", errors.join("; "), request.body))
}

#[allow(clippy::print_stderr)] // a test talks to who runs it
fn description() -> Option<&'static Value> {
    static DESCRIPTION: OnceLock<Option<Value>> = OnceLock::new();
    let read = || {
        let path = root("../shared/discord-openapi.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("{} is not there: bodies were not validated against Discord's description", path.display());
            return None;
        };
        serde_json::from_str(&text).ok()
    };
    DESCRIPTION.get_or_init(read).as_ref()
}

/// The path as the description writes it, with names for ids.
fn template(description: &Value, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let names: Vec<&str> = template.split('/').collect();
        names.len() == parts.len() && names.iter().zip(&parts).all(|(name, part)| name.starts_with('{') || name == part)
    };
    // Where "@original" and an id both fit, the exact one counts.
    let mut fitting: Vec<&String> = description["paths"].as_object()?.keys().filter(fits).collect();
    fitting.sort_by_key(|template| template.matches('{').count());
    fitting.first().map(|template| (*template).clone())
}
