//! The states of a procedure as a picture: the ordinary way downwards, other ends beside it, what goes back on the left; one
//! record's own way in heavy strokes. Weight, not colour: colour says how a clock stands and nothing else.

use crate::layout::Shell;
use domain::process::Process;
use maud::{Markup, html};

/// Where a record went, from its first state to where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The states in the order they were entered.
    pub states: Vec<String>,
}

impl Walk {
    fn took(&self, from: &str, to: &str) -> bool {
        self.states.windows(2).any(|pair| pair[0] == from && pair[1] == to)
    }

    fn was_in(&self, state: &str) -> bool {
        self.states.iter().any(|it| it == state)
    }

    fn is_in(&self, state: &str) -> bool {
        self.states.last().is_some_and(|it| it == state)
    }
}

const BOX: (i32, i32) = (132, 34);
const ROW: i32 = 62;
const LEFT: i32 = 168;
const SIDE: i32 = 520;
const TOP: i32 = 8;
const LANE: i32 = 26;

/// A state with its place.
struct Node<'a> {
    code: &'a str,
    label: &'a str,
    done: bool,
    x: i32,
    y: i32,
}

/// What leads from one state to another.
struct Edge<'a> {
    from: usize,
    to: usize,
    label: &'a str,
}

/// The picture, with all that it shows in words for who cannot see it.
pub fn diagram(shell: &Shell, process: &Process, walk: Option<&Walk>) -> Markup {
    let nodes = places(shell, process);
    let edges = edges(shell, process, &nodes);
    let rows = nodes.iter().filter(|node| node.x == LEFT).count();
    let height = TOP * 2 + i32::try_from(rows).unwrap_or(0) * ROW;
    let words: Vec<String> = edges
        .iter()
        .map(|edge| format!("{} → {} ({})", nodes[edge.from].label, nodes[edge.to].label, edge.label))
        .collect();
    let took = |edge: &Edge<'_>| walk.is_some_and(|walk| walk.took(nodes[edge.from].code, nodes[edge.to].code));
    html! {
        svg.states viewBox={ "0 0 700 " (height) } role="img" aria-label=(format!("{}: {}", process.label.in_lang(shell.lang), words.join("; "))) {
            defs { marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto" { path d="M0 0 8 4 0 8z" {} } }
            @for (number, edge) in edges.iter().enumerate() { (line(&nodes, &edges, number, took(edge))) }
            @for node in &nodes {
                g class=(class(node, walk)) {
                    rect x=(node.x) y=(node.y) width=(BOX.0) height=(BOX.1) rx=(if node.done { BOX.1 / 2 } else { 3 }) {}
                    text x=(node.x + BOX.0 / 2) y=(node.y + BOX.1 / 2 + 4) text-anchor="middle" { (node.label) }
                }
            }
        }
    }
}

fn class(node: &Node<'_>, walk: Option<&Walk>) -> &'static str {
    match walk {
        Some(walk) if walk.is_in(node.code) => "been here",
        Some(walk) if walk.was_in(node.code) => "been",
        _ => "",
    }
}

/// Open states and the first end downwards; each other end beside the first state that leads to it.
fn places<'a>(shell: &Shell, process: &'a Process) -> Vec<Node<'a>> {
    let first_end = process.states.iter().position(|state| state.done);
    let mut nodes: Vec<Node<'a>> = vec![];
    let mut row = 0;
    for (number, state) in process.states.iter().enumerate() {
        let (code, label) = (state.code.as_str(), state.label.in_lang(shell.lang));
        let beside = state.done && Some(number) != first_end;
        let (x, y) = if beside { (SIDE, 0) } else { (LEFT, TOP + row * ROW) };
        row += i32::from(!beside);
        nodes.push(Node { code, label, done: state.done, x, y });
    }
    let mut taken = vec![];
    for number in 0..nodes.len() {
        if nodes[number].x != SIDE {
            continue;
        }
        let leads = |from: &str| process.verbs.iter().any(|verb| verb.leads(from) == Some(nodes[number].code));
        let mut y = nodes.iter().find(|node| node.x == LEFT && leads(node.code)).map_or(TOP, |node| node.y);
        while taken.contains(&y) {
            y += ROW;
        }
        taken.push(y);
        nodes[number].y = y;
    }
    nodes
}

/// One edge for each pair of states; several verbs between them share it.
fn edges<'a>(shell: &Shell, process: &'a Process, nodes: &[Node<'_>]) -> Vec<Edge<'a>> {
    let place = |code: &str| nodes.iter().position(|node| node.code == code);
    let mut edges: Vec<Edge<'a>> = vec![];
    for verb in &process.verbs {
        for way in verb.ways.iter().filter(|way| way.from != way.to) {
            let (Some(from), Some(to)) = (place(&way.from), place(&way.to)) else { continue };
            if edges.iter().all(|edge| (edge.from, edge.to) != (from, to)) {
                edges.push(Edge { from, to, label: verb.label.in_lang(shell.lang) });
            }
        }
    }
    edges
}

fn line(nodes: &[Node<'_>], edges: &[Edge<'_>], number: usize, took: bool) -> Markup {
    let edge = &edges[number];
    let (from, to) = (&nodes[edge.from], &nodes[edge.to]);
    let (middle, half) = (BOX.0 / 2, BOX.1 / 2);
    let is_same = |other: &Edge<'_>| other.to == edge.to && other.label == edge.label;
    // Edges of one verb to one state carry its name once: the first does.
    let first =
        edges.iter().position(|other| is_same(other) && kind(nodes, other) == kind(nodes, edge)) == Some(number);
    // They share a lane, too.
    let mut lanes: Vec<(usize, &str)> = vec![];
    for other in edges.iter().filter(|other| kind(nodes, other) == kind(nodes, edge)) {
        if !lanes.contains(&(other.to, other.label)) {
            lanes.push((other.to, other.label));
        }
    }
    let lane = lanes.iter().position(|lane| *lane == (edge.to, edge.label)).unwrap_or(0);
    let lane = 1 + i32::try_from(lane).unwrap_or(0);
    let (path, text, anchor) = match kind(nodes, edge) {
        Kind::Down => (
            format!("M{} {}V{}", from.x + middle, from.y + BOX.1, to.y - 2),
            (from.x + middle - 8, from.y + BOX.1 + (ROW - BOX.1) / 2 + 4),
            "end",
        ),
        Kind::Beside => (
            format!("M{} {}L{} {}", from.x + BOX.0, from.y + half, to.x - 2, to.y + half),
            (to.x - 12, to.y + half - 7 + if from.y == to.y { 0 } else { -2 }),
            "end",
        ),
        Kind::Skip => {
            let x = from.x + BOX.0 + lane * LANE;
            (
                format!("M{} {}H{}V{}H{}", from.x + BOX.0, from.y + half + 4, x, to.y + half - 4, to.x + BOX.0 + 2),
                (x + 4, from.y + BOX.1 + 10),
                "start",
            )
        }
        Kind::Back => {
            let x = from.x - lane * LANE;
            (
                format!("M{} {}H{}V{}H{}", from.x, from.y + half - 4, x, to.y + half + 4, to.x - 2),
                (x - 4, i32::midpoint(from.y, to.y) + half + 4),
                "end",
            )
        }
    };
    html! {
        g class=(if took { "way took" } else { "way" }) {
            path d=(path) marker-end="url(#tip)" {}
            @if first { text x=(text.0) y=(text.1) text-anchor=(anchor) { (edge.label) } }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// To the next one below.
    Down,
    /// To an end at the side.
    Beside,
    /// Past some below.
    Skip,
    /// Upwards.
    Back,
}

fn kind(nodes: &[Node<'_>], edge: &Edge<'_>) -> Kind {
    let (from, to) = (&nodes[edge.from], &nodes[edge.to]);
    match () {
        () if to.x == SIDE => Kind::Beside,
        () if to.y < from.y => Kind::Back,
        () if to.y - from.y == ROW => Kind::Down,
        () => Kind::Skip,
    }
}
