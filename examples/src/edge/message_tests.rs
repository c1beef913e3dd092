use super::*;
use proptest::prelude::*;

#[test]
fn a_question_has_the_bytes_that_rfc_1035_says() {
    let bytes = Message::question(0x1234, "example.com").encode();
    let header = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
    assert_eq!(bytes[..12], header);
    assert_eq!(&bytes[12..], b"\x07example\x03com\x00\x00\x01\x00\x01");
}

#[test]
fn the_example_of_rfc_1035_is_written_with_its_pointers() {
    // Section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at
    // 92.
    let mut writer = Writer::default();
    for (place, name) in [
        (20, "F.ISI.ARPA"),
        (40, "FOO.F.ISI.ARPA"),
        (64, "ARPA"),
        (92, ""),
    ] {
        writer.bytes.resize(place, 0);
        writer.name(name);
    }
    assert_eq!(&writer.bytes[20..32], b"\x01F\x03ISI\x04ARPA\x00");
    assert_eq!(&writer.bytes[40..46], b"\x03FOO\xc0\x14");
    assert_eq!(writer.bytes[64..66], [0xc0, 26]);
    assert_eq!(writer.bytes[92..], [0]);
    let mut reader = Reader {
        bytes: &writer.bytes,
        at: 40,
    };
    assert_eq!(
        (reader.name().as_deref(), reader.at),
        (Some("FOO.F.ISI.ARPA"), 46)
    );
}

#[test]
fn a_name_that_points_at_itself_is_refused() {
    let mut bytes = Message::question(1, "a").encode();
    bytes[12..14].copy_from_slice(&[0xc0, 12]);
    assert_eq!(Message::decode(&bytes), None);
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-z]{1,6}", 1..4).prop_map(|labels| labels.join("."))
}

fn record() -> impl Strategy<Value = Record> {
    let data = prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| Data::A(octets.into())),
        name().prop_map(Data::Ns),
        name().prop_map(Data::Cname),
    ];
    (name(), 0..1_000_000u32, data).prop_map(|(name, ttl, data)| Record {
        name,
        ttl,
        data,
    })
}

prop_compose! {
    fn message()(
        id in any::<u16>(), is_answer in any::<bool>(), is_authoritative in any::<bool>(), code in 0..6u8,
        asked in name(), answers in prop::collection::vec(record(), 0..4),
        authority in prop::collection::vec(record(), 0..3),
        additional in prop::collection::vec(record(), 0..3),
    ) -> Message {
        let questions = vec![(asked, 1)];
        Message {
            id, is_answer, is_authoritative, wants_recursion: true, code, questions, answers, authority, additional,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(message in message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Some(message));
    }

    #[test]
    fn another_implementation_reads_the_same(message in message()) {
        let bytes = message.encode();
        let packet = simple_dns::Packet::parse(&bytes).unwrap();
        prop_assert_eq!(packet.id(), message.id);
        prop_assert_eq!(packet.questions[0].qname.to_string(), message.questions[0].0.clone());
        prop_assert_eq!(packet.answers.len(), message.answers.len());
        for (theirs, ours) in packet.answers.iter().zip(&message.answers) {
            prop_assert_eq!(theirs.name.to_string(), ours.name.clone());
            prop_assert_eq!(theirs.ttl, ours.ttl);
            let theirs = match &theirs.rdata {
                simple_dns::rdata::RData::A(a) => Data::A(a.address.into()),
                simple_dns::rdata::RData::NS(ns) => Data::Ns(ns.0.to_string()),
                simple_dns::rdata::RData::CNAME(name) => Data::Cname(name.0.to_string()),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(&theirs, &ours.data);
        }
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Message::decode(&bytes);
    }

    #[test]
    fn a_cut_message_is_refused(message in message(), cut in 1..20usize) {
        let bytes = message.encode();
        let kept = bytes.len().saturating_sub(cut);
        prop_assert_eq!(Message::decode(&bytes[..kept]), None);
    }
}
