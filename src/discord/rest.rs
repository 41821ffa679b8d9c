//! The one layer that sends: waits where Discord says so, tries again what may be tried again, and never
//! repeats what was refused.
//!
//! serenity's own HTTP client is not used: its limiter and a proxy exclude each other, and without the
//! limiter it loses how long to wait. Here both ways go through the same code.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde_json::Value;

use super::reply::{File, Reply};
use crate::secret::Secret;

/// Where nobody said how long to wait, this at first, and twice as long each time.
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// And where somebody did, at least this.
const LEAST_WAIT: Duration = Duration::from_millis(100);
/// Discord's codes for a channel that we may not see, and for something that we may not do there.
const NO_PERMISSION: [u64; 2] = [50_001, 50_013];
/// Discord's code for an interaction that was acknowledged already.
const ACKNOWLEDGED: u64 = 40_060;
/// Its code for a request of which it does not take the form.
const INVALID_FORM: u64 = 50_035;
/// How long a channel that refused us is left alone.
const REFUSED: Duration = Duration::from_secs(600);
/// So many places are remembered at most.
const PLACES: usize = 4_096;

/// How long a request may take, waiting and tries together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// The answer to an interaction: of use for 3 seconds.
    Interaction,
    /// Everything else.
    Message,
    /// Urgent advice: it is tried where a permission was missing a moment ago as well.
    Advice,
}

impl Patience {
    fn whole(self) -> Duration {
        match self {
            Self::Interaction => Duration::from_millis(2_800),
            Self::Message | Self::Advice => Duration::from_secs(60),
        }
    }

    /// How often a request is tried that fails: as long as it is of use.
    fn tries(self) -> u32 {
        match self {
            Self::Interaction => 5,
            Self::Message | Self::Advice => 8,
        }
    }

    fn once(self) -> Duration {
        match self {
            Self::Interaction => Duration::from_millis(2_000),
            Self::Message | Self::Advice => Duration::from_secs(10),
        }
    }
}

/// Why a request came to nothing. Holds no address: that of an interaction is a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum RestError {
    /// Discord understood, and will not.
    #[error("Discord refused it: {status}, code {code}: {message} {fields}")]
    Refused {
        status: u16,
        code: u64,
        message: String,
        /// The names of what it does not take.
        fields: String,
    },
    /// Discord refused the same a moment ago.
    #[error("Discord refused to let us write there; not tried again yet")]
    RefusedBefore,
    /// It takes longer than the answer would be of use.
    #[error("Discord asked to wait too long")]
    Busy,
    /// It could not be reached, or its answer not be read.
    #[error("Discord could not be reached: {0}")]
    Unreachable(String),
}

impl RestError {
    /// Discord's own code of what is wrong.
    pub(super) fn code(&self) -> u64 {
        if let Self::Refused { code, .. } = self { *code } else { 0 }
    }

    /// Whether Discord will not let us, for whatever reason.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { status: 403, .. })
    }

    /// Whether that is for a permission that is missing there, and not since it is locked or we are timed out.
    pub(super) fn is_permission_missing(&self) -> bool {
        self.is_forbidden() && NO_PERMISSION.contains(&self.code())
    }

    /// Whether there is no such thing.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the token is not valid.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }

    /// Whether the message that it replies to is gone.
    pub(super) fn is_reference_gone(&self) -> bool {
        let replies = |fields: &str| fields.contains("message_reference");
        self.code() == 10_008 || matches!(self, Self::Refused { code: INVALID_FORM, fields, .. } if replies(fields))
    }

    /// Whether Discord does not take its form.
    fn is_malformed(&self) -> bool {
        self.code() == INVALID_FORM && !self.is_reference_gone()
    }

    /// Whether the interaction was acknowledged already.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.code() == ACKNOWLEDGED
    }

    /// Whether it came too late, or twice: nothing to worry about.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self.code(), 10_062 | ACKNOWLEDGED | 10_008 | 10_003 | 10_015)
    }
}

/// Discord's HTTP API.
pub(super) struct Rest {
    http: reqwest::Client,
    base: String,
    /// When a place may be written to again; the empty place is all of them.
    waits: Mutex<HashMap<String, Instant>>,
    refused: Mutex<HashMap<String, Instant>>,
}

impl Rest {
    /// Speaks to Discord, or to a proxy that speaks its API.
    pub(super) fn new(token: &Secret, proxy: Option<&str>) -> Result<Self, RestError> {
        let mut token = header::HeaderValue::from_str(&format!("Bot {}", token.reveal()))
            .map_err(|_| RestError::Unreachable("the token holds characters that no token has".to_owned()))?;
        token.set_sensitive(true);
        let headers = header::HeaderMap::from_iter([(header::AUTHORIZATION, token)]);
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("DiscordBot (", env!("CARGO_PKG_HOMEPAGE"), ", ", env!("CARGO_PKG_VERSION"), ")"))
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| RestError::Unreachable(error.to_string()))?;
        let base = format!("{}/api/v10", proxy.unwrap_or("https://discord.com"));
        Ok(Self { http, base, waits: Mutex::default(), refused: Mutex::default() })
    }

    /// Sends a request until it is answered, refused, or of no use any more.
    pub(super) async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        patience: Patience,
    ) -> Result<Value, RestError> {
        self.upload(method, path, body, &[], patience).await
    }

    /// The same, with the files that the body speaks of.
    pub(super) async fn upload(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        files: &[File],
        patience: Patience,
    ) -> Result<Value, RestError> {
        let place = place(&method, path);
        if patience != Patience::Advice && recent(&self.refused, &place).is_some() {
            return Err(RestError::RefusedBefore);
        }
        let until = Instant::now() + patience.whole();
        let mut failure = RestError::Busy;
        let mut failed = 0;
        loop {
            self.wait(&place, until).await?;
            let request = self.http.request(method.clone(), format!("{}{path}", self.base)).timeout(patience.once());
            let pause = match with_body(request, body, files).send().await {
                Ok(response) => match self.read(response, &place).await {
                    Ok(value) => return Ok(value),
                    // An earlier try arrived, and only its answer was lost.
                    Err(Again::Never(error))
                        if error.code() == ACKNOWLEDGED && matches!(failure, RestError::Unreachable(_)) =>
                    {
                        return Ok(Value::Null);
                    }
                    Err(Again::Never(error)) => return Err(error),
                    Err(Again::Later(wait, error)) => {
                        failure = error;
                        wait
                    }
                },
                Err(error) => {
                    failure = RestError::Unreachable(error.without_url().to_string());
                    None
                }
            };
            // To be told how long to wait is no failure: it is waited for as often as there is time.
            if pause.is_none() || !matches!(failure, RestError::Busy) {
                failed += 1;
            }
            let pause = jittered(pause.map_or_else(|| FIRST_WAIT * 2_u32.pow(failed - 1), |told| told.max(LEAST_WAIT)));
            if failed == patience.tries() || Instant::now() + pause > until {
                return Err(failure);
            }
            tracing::debug!(failed, wait_ms = pause.as_millis(), "trying again: {failure}");
            tokio::time::sleep(pause).await;
        }
    }

    /// Sends a reply. Where Discord does not take the form of urgent advice, or we may write there and embed nothing, its
    /// words go alone.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        reply: &Reply,
        body: impl Fn(&Reply) -> Value,
        patience: Patience,
    ) -> Result<Value, RestError> {
        let sent = self.upload(method.clone(), path, Some(&body(reply)), &reply.files(), patience).await;
        match sent {
            Err(error) if reply.urgent && (error.is_malformed() || error.is_permission_missing()) => {
                tracing::warn!("urgent advice goes as plain text, since its form was not taken: {error}");
                // Whether nothing at all may be written there, these words will tell.
                forget(&self.refused, &place(&method, path));
                self.upload(method, path, Some(&body(&reply.bare())), &[], patience).await
            }
            sent => sent,
        }
    }

    /// Tries channels again that refused us: permissions may have changed.
    pub(super) fn forgive(&self, is_meant: impl Fn(u64) -> bool) {
        let now = Instant::now();
        if let Ok(mut refused) = self.refused.lock() {
            let meant = refused.iter_mut().filter(|(place, _)| channel_of(place).is_some_and(&is_meant));
            meant.for_each(|(_, until)| *until = now);
        }
    }

    /// Forgets that a channel refused us, as it has just taken a message; whether it had.
    pub(super) fn take_back_refusal(&self, channel: u64) -> bool {
        let place = place(&Method::POST, &format!("/channels/{channel}/messages"));
        forget(&self.refused, &place)
    }

    async fn wait(&self, place: &str, until: Instant) -> Result<(), RestError> {
        // The answer to an interaction does not count towards the limit on everything.
        let everywhere = if place.contains(" /interactions/") { place } else { "" };
        while let Some(free) = recent(&self.waits, place).max(recent(&self.waits, everywhere)) {
            if free > until {
                return Err(RestError::Busy);
            }
            tokio::time::sleep_until(free.into()).await;
        }
        Ok(())
    }

    /// What a response says, to us now and to whoever writes there next.
    async fn read(&self, response: Response, place: &str) -> Result<Value, Again> {
        let status = response.status();
        let number =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
        let asked = number("retry-after");
        if number("x-ratelimit-remaining") == Some(0.0)
            && let Some(wait) = number("x-ratelimit-reset-after").and_then(seconds)
        {
            remember(&self.waits, place, Instant::now() + wait);
        }
        let scope = response.headers().get("x-ratelimit-scope");
        let everywhere =
            response.headers().contains_key("x-ratelimit-global") || scope.is_some_and(|scope| scope == "global");
        let text = match response.text().await {
            Ok(text) => text,
            // The request arrived; the answer was cut off. Sending again is safe: messages carry a nonce.
            Err(error) => return Err(Again::Later(None, RestError::Unreachable(error.without_url().to_string()))),
        };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = body["retry_after"].as_f64().or(asked).and_then(seconds);
            if let Some(wait) = wait {
                let everywhere = everywhere || body["global"] == true;
                remember(&self.waits, if everywhere { "" } else { place }, Instant::now() + wait);
            }
            return Err(Again::Later(wait, RestError::Busy));
        }
        let error = RestError::Refused {
            status: status.as_u16(),
            code: body["code"].as_u64().unwrap_or_default(),
            message: body["message"].as_str().unwrap_or(status.canonical_reason().unwrap_or_default()).to_owned(),
            fields: body["errors"]
                .as_object()
                .map(|of| of.keys().cloned().collect::<Vec<_>>().join(", "))
                .unwrap_or_default(),
        };
        if status.is_server_error() {
            return Err(Again::Later(asked.and_then(seconds), error));
        }
        if error.is_forbidden() && place.contains("/channels/") {
            remember(&self.refused, place, Instant::now() + REFUSED);
        }
        Err(Again::Never(error))
    }
}

/// A body as JSON; with files, as a form that holds both.
fn with_body(request: RequestBuilder, body: Option<&Value>, files: &[File]) -> RequestBuilder {
    let Some(body) = body else { return request };
    if files.is_empty() {
        return request.json(body);
    }
    let form = Form::new().text("payload_json", body.to_string());
    request.multipart(files.iter().enumerate().fold(form, |form, (at, file)| {
        let part = Part::bytes(file.bytes.to_vec()).file_name(file.name.clone());
        form.part(format!("files[{at}]"), part)
    }))
}

/// Whether a failed request may be sent again.
enum Again {
    Never(RestError),
    Later(Option<Duration>, RestError),
}

/// What Discord counts together: the method and the path down to its last id.
fn place(method: &Method, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let kept = match path.split_once("/messages/") {
        Some((channel, _)) => &path[..channel.len() + "/messages".len()],
        None => path,
    };
    format!("{method} {kept}")
}

/// The channel that a place lies in.
fn channel_of(place: &str) -> Option<u64> {
    let (_, behind) = place.split_once("/channels/")?;
    behind.split('/').next()?.parse().ok()
}

fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok()
}

/// So that many who wait do not come back at one moment.
fn jittered(wait: Duration) -> Duration {
    wait + wait.min(Duration::from_millis(500)).mul_f32(fraction() / 2.0)
}

/// A number from 0 to 1, another one each time.
pub(super) fn fraction() -> f32 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    f32::from(byte[0]) / 255.0
}

fn recent(places: &Mutex<HashMap<String, Instant>>, place: &str) -> Option<Instant> {
    let places = places.lock().ok()?;
    places.get(place).copied().filter(|&until| until > Instant::now())
}

/// Forgets a place, and whether it was known.
fn forget(places: &Mutex<HashMap<String, Instant>>, place: &str) -> bool {
    places.lock().is_ok_and(|mut places| places.remove(place).is_some())
}

fn remember(places: &Mutex<HashMap<String, Instant>>, place: &str, until: Instant) {
    let Ok(mut places) = places.lock() else { return };
    if places.len() >= PLACES {
        let now = Instant::now();
        places.retain(|_, until| *until > now);
    }
    places.insert(place.to_owned(), until);
}
