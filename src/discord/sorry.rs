//! What is said where something broke.

use super::called::Called;
use super::interact::BROKEN;
use super::reply::Reply;
use super::rest::Rest;
use super::send::Response;

/// Says that something broke, to whoever waits for an answer.
pub(super) async fn apologise(rest: &Rest, called: &Called) {
    let sorry = Reply::whisper(BROKEN);
    let said = rest.respond(called.id, &called.token, Response::Say(&sorry)).await;
    // It broke behind a promise.
    if said.is_err_and(|error| error.is_acknowledged()) {
        let _ = rest.follow(called.application, &called.token, &sorry).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serenity::model::permissions::Permissions;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::discord::called::Wish;
    use crate::secret::Secret;

    /// A Discord by which every interaction was acknowledged already; the requests that it got.
    async fn acknowledged(listener: TcpListener, requests: Arc<Mutex<Vec<String>>>) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 16_384];
            let mut read = 0;
            while !String::from_utf8_lossy(&bytes[..read]).ends_with('}') {
                read += stream.read(&mut bytes[read..]).await.unwrap();
            }
            let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
            let (status, body) = match request.contains("/callback ") {
                true => ("400 Bad Request", r#"{"code": 40060, "message": "acknowledged"}"#),
                false => ("200 OK", "{}"),
            };
            requests.lock().unwrap().push(request);
            let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_was_promised_an_answer_is_told_that_it_broke() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        tokio::spawn(acknowledged(listener, Arc::clone(&requests)));
        let called = Called {
            id: 1,
            token: "token".to_owned(),
            application: 2,
            server: 0,
            channel: 3,
            person: 4,
            permissions: Permissions::empty(),
            ours: Permissions::empty(),
            roles: Vec::new(),
            alone: true,
            by_button: false,
            under_private: false,
            asker: None,
            in_thread: None,
            promised: false,
            wish: Wish::Help,
        };
        let rest = Rest::new(&Secret::new("token"), Some(&base)).unwrap();
        apologise(&rest, &called).await;
        let last = requests.lock().unwrap().last().cloned().unwrap_or_default();
        assert!(last.starts_with("PATCH /api/v10/webhooks/2/token/") && last.contains("went wrong"), "{last}");
    }
}
