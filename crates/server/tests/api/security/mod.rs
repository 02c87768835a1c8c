//! The properties that sharing by link must hold. The functions bear their numbers (p01 to p40); those that speak of what
//! isn't there yet (archives, previews by workers, feeds, upload sessions) say in [`later`] that it isn't.
//! `docs/threat-model.md` lists them all, with what tests them.

mod dead;
mod doors;
mod everywhere;
mod graveyard;
mod guesses;
mod keys;
mod later;
mod meetings;
mod promises;
mod rights;
mod secrets;
mod standing;
mod subtree;
mod table;
mod visits;
mod ways;
mod world;
