//! The mechanisms that Executable System Design runs: one module a chapter.
