//! What receivers are told, as Graph writes it: that something changed, and never what.

use driveway_core::id::TenantId;
use driveway_core::subscription::{LifecycleEvent, Subscription};
use driveway_core::time;
use serde_json::{Value, json};

/// Something changed below the folder.
pub fn of_change(subscription: &Subscription, tenant: TenantId) -> String {
    let mut told = told(subscription, tenant);
    insert(&mut told, "changeType", "updated".into());
    insert(&mut told, "resourceData", json!({ "@odata.type": "#Microsoft.Graph.DriveItem" }));
    collection(&told)
}

/// Something became of the subscription itself.
pub fn of_lifecycle(subscription: &Subscription, tenant: TenantId, event: LifecycleEvent) -> String {
    let mut told = told(subscription, tenant);
    insert(&mut told, "lifecycleEvent", event.as_str().into());
    collection(&told)
}

fn told(subscription: &Subscription, tenant: TenantId) -> Value {
    let mut told = json!({
        "subscriptionId": subscription.id.to_string(),
        "subscriptionExpirationDateTime": time::format(subscription.expires_at),
        "resource": subscription.resource,
        "tenantId": tenant,
    });
    if let Some(state) = &subscription.client_state {
        insert(&mut told, "clientState", state.as_str().into());
    }
    told
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}

fn collection(told: &Value) -> String {
    json!({ "value": [told] }).to_string()
}
