//! Server-rendered pages, the stylesheet and the live board (L4).
