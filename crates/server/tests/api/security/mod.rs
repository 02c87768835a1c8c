//! The properties that sharing by link must hold. The functions bear their numbers (p01 to p40); those that speak of what
//! isn't there yet (archives, previews by workers, feeds, upload sessions) come with it.

mod dead;
mod doors;
mod everywhere;
mod graveyard;
mod guesses;
mod meetings;
mod rights;
mod secrets;
mod standing;
mod subtree;
mod visits;
mod world;
