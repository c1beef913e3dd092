//! Storage engines: how data lies on a disk and in memory, and what that makes cheap.
