//! The native REST API and its OpenAPI document (L4).
