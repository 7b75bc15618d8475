//! Somebody at the panel, with a browser without scripts: it keeps cookies, and sends forms with the token of the page
//! that it saw last.
use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Request, Response, header},
};
use central::{
    app::users::{Attempt, NewAccount, Signed},
    domain::id::{ClientId, UserId},
    http::{
        panel::{Access, Route},
        router,
    },
    store,
};
use futures_util::StreamExt as _;
use sync_protocol::id::EventId;
use tower::ServiceExt as _;

use crate::{
    central::TestCentral,
    visit::{Seen, encode},
};

/// The password that people of the tests choose.
pub const PASSWORD: &str = "a long enough sentence";
/// The administrator's address.
pub const ADMIN: &str = "admin@example.id";

/// A browser at the panel.
pub struct Desk {
    router: Router,
    /// Its cookies.
    pub cookies: BTreeMap<String, String>,
    /// The page with a form that was seen last.
    pub page: String,
    /// Whose account it is signed in with.
    pub user: Option<UserId>,
    /// What it sends besides with every request.
    pub headers: Vec<(header::HeaderName, &'static str)>,
}

impl Desk {
    /// A browser that was never here.
    #[must_use]
    pub fn new(central: &TestCentral) -> Self {
        Self {
            router: router::public(central.app.clone()),
            cookies: BTreeMap::new(),
            page: String::new(),
            user: None,
            headers: Vec::new(),
        }
    }

    /// Opens a page in English.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn get(&mut self, path: &str) -> Seen {
        let request = Request::get(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::COOKIE, self.cookie());
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Sends the form of the page seen last, sure of what it does: a page that asks whether it is, is not waited for.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.token();
        let mut fields = fields.to_vec();
        fields.extend([("token", token.as_str()), ("sure", "yes")]);
        self.post_bare(path, &fields).await
    }

    /// Sends a form without adding anything.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let request = Request::post(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::COOKIE, self.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(encode(fields)));
        self.send(request.expect("a request")).await
    }

    /// Sends a body with these headers besides.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn post_with(
        &mut self,
        path: &str,
        headers: &[(&'static str, &'static str)],
        body: String,
    ) -> Seen {
        let mut request = Request::post(path)
            .header(header::COOKIE, self.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).expect("a request"))
            .await
    }

    /// A good token for a form of this route: of a page outside for the ways in, else of the overview.
    pub async fn fresh(&mut self, route: &Route) -> String {
        let page = match route.access {
            Access::Open => "/panel/sign-in",
            _ => "/panel",
        };
        self.get(page).await;
        self.token()
    }

    /// Sends the form of the page seen last with a file, as a browser does.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn bring(&mut self, path: &str, file: &[u8]) -> Seen {
        let part = |name: &str, about: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{about}\r\n\r\n")
        };
        let mut body = part("token", "").into_bytes();
        body.extend(self.token().into_bytes());
        body.extend(b"\r\n");
        body.extend(part("file", "; filename=\"north.gerbang\"").into_bytes());
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        let request = Request::post(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::COOKIE, self.cookie())
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).expect("a request"))
            .await
    }

    /// The token of the page seen last.
    #[must_use]
    pub fn token(&self) -> String {
        let rest = self.page.split_once("name=\"token\" value=\"");
        let token = rest.and_then(|(_, rest)| rest.split('"').next());
        token.unwrap_or_default().to_owned()
    }

    /// What the session's cookie holds.
    #[must_use]
    pub fn session(&self) -> Option<&String> {
        self.cookies.get("gerbang_panel")
    }

    /// Fills in the sign-in page.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Seen {
        self.get("/panel/sign-in").await;
        let fields = [("email", email), ("password", password)];
        self.post("/panel/sign-in", &fields).await
    }

    /// Gets a file and throws it away as it comes; gives its length.
    ///
    /// # Panics
    /// When it does not come whole.
    pub async fn flow(&mut self, path: &str) -> usize {
        let request = Request::get(path).header(header::COOKIE, self.cookie());
        let request = request.body(Body::empty()).expect("a request");
        let answered = self.router.clone().oneshot(request).await;
        let answer = answered.expect("a router always answers");
        assert_eq!(answer.status(), 200, "{path}");
        let mut body = answer.into_body().into_data_stream();
        let mut bytes = 0;
        while let Some(piece) = body.next().await {
            bytes += piece.expect("a piece of the body").len();
        }
        bytes
    }

    /// Gets a file.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn bytes(&mut self, path: &str) -> Vec<u8> {
        let request = Request::get(path).header(header::COOKIE, self.cookie());
        let request = request.body(Body::empty()).expect("a request");
        let answered = self.router.clone().oneshot(request).await;
        let answer = answered.expect("a router always answers");
        let body = to_bytes(answer.into_body(), usize::MAX).await;
        body.expect("a body").to_vec()
    }

    /// Gets a file as browsers ask for it: packed, if the server cares to. What came, and how it is packed.
    ///
    /// # Panics
    /// When it does not come whole.
    pub async fn packed(&self, path: &str) -> (Option<String>, Vec<u8>) {
        let request = Request::get(path)
            .header(header::COOKIE, self.cookie())
            .header(header::ACCEPT_ENCODING, "gzip");
        let request = request.body(Body::empty()).expect("a request");
        let answered = self.router.clone().oneshot(request).await;
        let answer = answered.expect("a router always answers");
        let packing = answer.headers().get(header::CONTENT_ENCODING);
        let packing = packing.map(|name| name.to_str().expect("text").to_owned());
        let body = to_bytes(answer.into_body(), usize::MAX).await;
        (packing, body.expect("a body").to_vec())
    }

    /// Its cookies, as they are sent.
    #[must_use]
    pub fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs = pairs.map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Opens a page and looks at its head alone: status and type. A stream of events never ends.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn peek(&self, path: &str) -> (u16, String) {
        let answer = self.ask(path).await;
        let kind = answer.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        (
            answer.status().as_u16(),
            kind.unwrap_or_default().to_owned(),
        )
    }

    /// The headers of a page's answer.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn head(&self, path: &str) -> HeaderMap {
        self.ask(path).await.headers().clone()
    }

    async fn ask(&self, path: &str) -> Response<Body> {
        let request = Request::get(path).header(header::COOKIE, self.cookie());
        let request = request.body(Body::empty()).expect("a request");
        let answered = self.router.clone().oneshot(request).await;
        answered.expect("a router always answers")
    }

    /// Sends a request with the cookies and headers of this browser.
    ///
    /// # Panics
    /// When the answer does not come.
    pub async fn send(&mut self, mut request: Request<Body>) -> Seen {
        for (name, value) in &self.headers {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert(name, value);
        }
        let answered = self.router.clone().oneshot(request).await;
        let answer: Response<Body> = answered.expect("a router always answers");
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let pair = text.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a pair");
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        let page = String::from_utf8_lossy(&body).into_owned();
        if page.contains("name=\"token\"") {
            self.page.clone_from(&page);
        }
        Seen {
            status: parts.status.as_u16(),
            headers: parts.headers,
            page,
        }
    }
}

impl TestCentral {
    /// An administrator who is signed in and has chosen [`PASSWORD`].
    ///
    /// # Panics
    /// When central refuses.
    pub async fn admin(&self) -> Desk {
        let made = self.app.create_admin(ADMIN, "Ayu Admin").await;
        let secret = made.expect("the first account");
        self.first_sign_in(ADMIN, &secret).await
    }

    /// Somebody with a role, signed in.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn person(
        &self,
        email: &str,
        role: &str,
        client: Option<ClientId>,
        events: &[EventId],
    ) -> Desk {
        let by = self.signed(ADMIN).await;
        let wish = NewAccount {
            email: email.into(),
            name: format!("Person {role}"),
            role: role.into(),
            client,
            events: events.iter().copied().collect::<BTreeSet<_>>(),
        };
        let made = self.app.create_account(&by, &wish).await;
        let (_, secret) = made.expect("a good wish");
        self.first_sign_in(email, &secret).await
    }

    async fn first_sign_in(&self, email: &str, secret: &str) -> Desk {
        let mut desk = Desk::new(self);
        let seen = desk.sign_in(email, secret).await;
        assert_eq!(seen.to(), "/panel", "{}", seen.page);
        desk.get("/panel/account/password").await;
        let fields = [("old", secret), ("password", PASSWORD), ("again", PASSWORD)];
        let seen = desk.post("/panel/account/password", &fields).await;
        assert_eq!(seen.to(), "/panel?done=password", "{}", seen.page);
        let mut tx = self.app.store.read().await.expect("a snapshot");
        let account = store::account::by_email(&mut tx, email).await;
        desk.user = account.expect("a row").map(|account| account.id);
        desk.get("/panel").await;
        desk
    }

    /// Somebody signed in, as the app knows them.
    ///
    /// # Panics
    /// When they cannot sign in with [`PASSWORD`].
    pub async fn signed(&self, email: &str) -> Signed {
        let attempt = Attempt {
            caller: b"test",
            address: "test",
            agent: "test",
            old_token: None,
            browser: None,
        };
        let opened = self.app.sign_in(email, PASSWORD, &attempt).await;
        let token = opened.map(|opened| opened.token).expect("signed in");
        let signed = self.app.signed_in(&token).await.expect("a row");
        signed.expect("just signed in")
    }
}
