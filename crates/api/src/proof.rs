//! The bundle of a customer, and what it is compared with.

use crate::page::Told;
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::Desk;
use domain::access::Right;
use domain::ids::TenantId;
use gate::{Object, Path, Policy, Signed, Trouble, download};
use wire::proof::Proof;

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/tenants/{tenant}/proof", Policy::In(Right::ReadPublished))
        .on(&[Object::Tenant])
        .says("proof", "Where the customer's chain of facts stands, to be compared with a bundle", "proof")
        .answers::<Proof>(200)
        .to(show);
    routes
        .get("/api/v1/tenants/{tenant}/bundle", Policy::In(Right::ReadPublished))
        .on(&[Object::Tenant])
        .says("bundle", "Everything of a customer as one zip that is read and verified without the product", "proof")
        .answers_bytes()
        .to(bundle);
}

async fn show(State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>) -> Told<Proof> {
    let it = desk.proof(&caller, &TenantId::new(tenant)).await?;
    let covered = it.checkpoint.map(|(stand, _)| stand);
    Ok(Json(Proof {
        customer: it.customer,
        seq: it.head.seq,
        hash: it.head.hash,
        covered: covered.as_ref().map_or(0, |stand| stand.seq),
        covered_hash: covered.map(|stand| stand.hash),
        checkpoint_key: it.key,
    }))
}

async fn bundle(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(tenant): Path<String>,
) -> Result<Response, Trouble> {
    let (_, file) = desk.bundle(&caller, &TenantId::new(tenant)).await?;
    download(file, "bundle.zip", "application/octet-stream")
}
