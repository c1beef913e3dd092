//! A partitioned log with consumer groups, and its compaction to a table.
//!
//! Shown in `src/queues/compaction.md` and `src/queues/log.md`.
//!
//! The design is that of J. Kreps, N. Narkhede and J. Rao, "Kafka: a Distributed
//! Messaging System for Log Processing", *Proceedings of the 6th Workshop on Networking
//! Meets Databases*, 2011; compaction is described in the documentation of Apache
//! Kafka, section "Log Compaction".

use crate::hash::fnv1a;
use std::collections::BTreeMap;

/// A record of a log. Without a value it is a tombstone: its key is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in its partition, which never changes.
    pub offset: u64,
    /// The key.
    pub key: String,
    /// The new value of the key.
    pub value: Option<String>,
}

/// A topic: partitions, each of which is a log, and for each group how far it has read
/// each partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    /// The logs.
    pub partitions: Vec<Vec<Record>>,
    next: Vec<u64>,
    committed: BTreeMap<(String, usize), u64>,
}

impl Topic {
    /// A topic with this many partitions.
    pub fn new(partitions: usize) -> Self {
        Self {
            partitions: vec![Vec::new(); partitions],
            next: vec![0; partitions],
            committed: BTreeMap::new(),
        }
    }

    // ANCHOR: append
    /// Appends a record to the partition of its key, and returns where it is. A topic
    /// without partitions takes nothing.
    pub fn append(&mut self, key: &str, value: Option<&str>) -> Option<(usize, u64)> {
        let partition = partition_of(key, self.partitions.len())?;
        let offset = self.next[partition];
        self.next[partition] += 1;
        self.partitions[partition].push(Record {
            offset,
            key: key.to_owned(),
            value: value.map(str::to_owned),
        });
        Some((partition, offset))
    }
    // ANCHOR_END: append

    // ANCHOR: poll
    /// The next records of a partition for a group, at most `most`. Reading changes
    /// nothing.
    pub fn poll(&self, group: &str, partition: usize, most: usize) -> &[Record] {
        let from = self.position(group, partition);
        let records = self
            .partitions
            .get(partition)
            .map_or(&[][..], Vec::as_slice);
        let start = records.partition_point(|record| record.offset < from);
        &records[start..records.len().min(start + most)]
    }

    /// Notes that a group is done with a partition's records up to and including an
    /// offset.
    pub fn commit(&mut self, group: &str, partition: usize, offset: u64) {
        self.committed
            .insert((group.to_owned(), partition), offset + 1);
    }
    // ANCHOR_END: poll

    /// The offset that a group reads next.
    pub fn position(&self, group: &str, partition: usize) -> u64 {
        let key = (group.to_owned(), partition);
        self.committed.get(&key).copied().unwrap_or(0)
    }

    /// How many offsets a group is behind the end, over all partitions.
    pub fn lag(&self, group: &str) -> u64 {
        let ends = self.next.iter().enumerate();
        ends.map(|(partition, end)| end - self.position(group, partition))
            .sum()
    }

    // ANCHOR: compact
    /// Drops each record of a partition that a later one with the same key has
    /// replaced. Offsets stay as they are.
    pub fn compact(&mut self, partition: usize) {
        let Some(records) = self.partitions.get_mut(partition) else {
            return;
        };
        let latest: BTreeMap<String, u64> = records
            .iter()
            .map(|record| (record.key.clone(), record.offset))
            .collect();
        records.retain(|record| latest.get(&record.key) == Some(&record.offset));
    }
    // ANCHOR_END: compact

    // ANCHOR: table
    /// What a reader of the whole log ends up with: the last value of each key.
    pub fn table(&self) -> BTreeMap<&str, &str> {
        let mut table = BTreeMap::new();
        for record in self.partitions.iter().flatten() {
            match &record.value {
                Some(value) => table.insert(record.key.as_str(), value.as_str()),
                None => table.remove(record.key.as_str()),
            };
        }
        table
    }
    // ANCHOR_END: table
}

/// The partition of a key: its hash (FNV-1a, 64 bits) modulo their number. `None` if
/// there are none.
pub fn partition_of(key: &str, partitions: usize) -> Option<usize> {
    let partitions = u64::try_from(partitions).ok()?;
    usize::try_from(fnv1a(key).checked_rem(partitions)?).ok()
}

// ANCHOR: assign
/// Which member of a group reads each partition: consecutive partitions for each, as
/// evenly as possible.
pub fn assign(partitions: usize, members: usize) -> Vec<Option<usize>> {
    let owner = |partition: usize| {
        (partition * members.min(partitions)).checked_div(partitions)
    };
    let owners =
        (0..partitions).map(|partition| owner(partition).filter(|_| members > 0));
    owners.collect()
}
// ANCHOR_END: assign

/// How many of the records in partitions of these sizes the busiest member of a group
/// reads.
pub fn busiest(sizes: &[u64], members: usize) -> u64 {
    let mut loads = vec![0; members];
    for (owner, size) in assign(sizes.len(), members).into_iter().zip(sizes) {
        if let Some(load) = owner.and_then(|owner| loads.get_mut(owner)) {
            *load += size;
        }
    }
    loads.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
        prop::collection::vec(
            ("[a-f]", prop::option::weighted(0.8, "[0-9]{1,2}")),
            0..60,
        )
    }

    fn topic(partitions: usize, records: &[(String, Option<String>)]) -> Topic {
        let mut topic = Topic::new(partitions);
        for (key, value) in records {
            topic.append(key, value.as_deref());
        }
        topic
    }

    #[test]
    fn a_topic_without_partitions_takes_nothing() {
        let mut topic = Topic::new(0);
        assert_eq!(topic.append("k", None), None);
        assert!(topic.poll("g", 0, 5).is_empty());
        topic.compact(0);
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // The low bits of the published values for the empty string and for "a".
        assert_eq!(partition_of("", 1 << 20), Some(0x2_2325));
        assert_eq!(partition_of("a", 1 << 20), Some(0x1_ec8c));
    }

    proptest! {
        #[test]
        fn the_table_is_the_fold_of_all_records(records in records(), partitions in 1..5usize) {
            let mut model = BTreeMap::new();
            for (key, value) in &records {
                match value {
                    Some(value) => { model.insert(key.as_str(), value.as_str()); }
                    None => { model.remove(key.as_str()); }
                }
            }
            let topic = topic(partitions, &records);
            prop_assert_eq!(topic.table(), model);
        }

        #[test]
        fn compaction_keeps_the_table_the_order_and_one_record_a_key(records in records(), partitions in 1..5usize) {
            let before = topic(partitions, &records);
            let mut after = before.clone();
            (0..partitions).for_each(|partition| after.compact(partition));
            prop_assert_eq!(before.table(), after.table());
            for partition in &after.partitions {
                prop_assert!(partition.windows(2).all(|pair| pair[0].offset < pair[1].offset));
                let keys: std::collections::BTreeSet<_> = partition.iter().map(|r| &r.key).collect();
                prop_assert_eq!(keys.len(), partition.len());
            }
        }

        #[test]
        fn each_group_reads_each_key_in_order_and_everything_once(records in records(), partitions in 1..5usize, most in 1..5usize) {
            let mut topic = topic(partitions, &records);
            for group in ["timelines", "search"] {
                prop_assert_eq!(topic.lag(group), records.len() as u64);
                let mut read: Vec<(String, Option<String>)> = Vec::new();
                for partition in 0..partitions {
                    while let Some(last) = topic.poll(group, partition, most).last().cloned() {
                        read.extend(topic.poll(group, partition, most).iter().map(|r| (r.key.clone(), r.value.clone())));
                        topic.commit(group, partition, last.offset);
                    }
                }
                prop_assert_eq!(topic.lag(group), 0);
                prop_assert_eq!(read.len(), records.len());
                for key in records.iter().map(|(key, _)| key) {
                    let of_key = |all: &[(String, Option<String>)]| all.iter().filter(|(k, _)| k == key).cloned().collect::<Vec<_>>();
                    prop_assert_eq!(of_key(&read), of_key(&records));
                }
            }
        }

        /// Somebody reads at least an even share, and at least the largest partition.
        #[test]
        fn the_busiest_reads_an_even_share_and_the_largest_partition_at_least(sizes in prop::collection::vec(0..90u64, 1..20), members in 1..25usize) {
            let (all, largest) = (sizes.iter().sum::<u64>(), *sizes.iter().max().unwrap());
            let busiest = busiest(&sizes, members);
            prop_assert!(busiest * members as u64 >= all && (largest..=all).contains(&busiest));
            prop_assert!(members < sizes.len() || busiest == largest);
        }

        #[test]
        fn every_partition_has_one_reader_and_loads_differ_by_one(partitions in 1..20usize, members in 1..20usize) {
            let mut loads = vec![0; members.min(partitions)];
            for owner in assign(partitions, members) {
                loads[owner.unwrap()] += 1;
            }
            prop_assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1);
        }
    }
}
