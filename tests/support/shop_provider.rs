//! What a shop's test does at the provider's side.
use serde_json::Value;

use crate::{
    http::client,
    shop::{Bought, KEY, Shop},
};

impl Shop {
    /// Calls the provider as its merchant.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn at_provider(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.midtrans.base_url);
        let call = client().post(url).basic_auth(KEY, Some("")).json(body);
        let answer = call.send().await.expect("the simulator");
        answer.json().await.expect("JSON")
    }

    /// The order's transactions at the provider, oldest first.
    ///
    /// # Panics
    /// When the simulator does not know it.
    pub async fn transactions(&self, order: &Bought) -> Vec<Value> {
        let url = format!(
            "{}/sim/transactions/{}",
            self.midtrans.base_url, order.number
        );
        let answer = client().get(url).send().await.expect("the simulator");
        let told: Value = answer.json().await.expect("JSON");
        told["transactions"]
            .as_array()
            .expect("transactions")
            .clone()
    }

    /// What went back at the provider, whole rupiah.
    ///
    /// # Panics
    /// When the simulator does not know the order.
    pub async fn refunded_at_provider(&self, order: &Bought) -> i64 {
        let all = self.transactions(order).await;
        all.iter().filter_map(|t| t["refunded"].as_i64()).sum()
    }

    /// Sets something at the simulated provider.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn control(&self, path: &str, body: &Value) {
        let url = format!("{}{path}", self.midtrans.base_url);
        let answer = client().post(url).json(body).send().await;
        assert!(answer.expect("the simulator").status().is_success());
    }
}
