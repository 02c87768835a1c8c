//! What follows a resource in its URL.

/// The segments after a resource: actions, functions, collections and their keys.
///
/// A namespace before a name is gone (`microsoft.graph.createLink` is `createLink`), and a key in parentheses is a segment of its
/// own (`permissions('x')` is `permissions/x`), so that one slice pattern per route is enough:
///
/// ```text
/// match tail.as_names().as_slice() {
///     ["createLink"] => …,
///     ["permissions", permission] => …,
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// The segments in their order.
    pub segments: Vec<TailSegment>,
}

/// One segment after a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailSegment {
    /// The name of an action, function or collection, or a key; decoded.
    pub name: String,
    /// The arguments of a function, in their order: names and decoded texts. `delta` and `delta()` both have none.
    pub arguments: Vec<(String, String)>,
}

impl Tail {
    /// Whether the resource itself is meant.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The names of the segments, to match on.
    pub fn as_names(&self) -> Vec<&str> {
        self.segments.iter().map(|segment| segment.name.as_str()).collect()
    }

    /// The text of a function's argument, wherever in the tail it is: `x` for `token` in `delta(token='x')`.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.segments.iter().find_map(|segment| segment.argument(name))
    }
}

impl TailSegment {
    /// The text of the argument of that name.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    pub(super) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), arguments: Vec::new() }
    }
}
