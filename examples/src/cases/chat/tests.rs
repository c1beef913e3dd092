use super::*;
use crate::simulation::Conditions;
use proptest::prelude::*;

const ROOM: Room = Room {
    readers: 12,
    gateways: 4,
    messages: 60,
    conversations: 3,
    think: (50, 400),
    hop: (1, 300),
    line: (5, 30),
    breaks: Some(2_000),
    away: (20, 500),
};

fn wrong(seen: &Seen) -> usize {
    let screens = seen.screens.iter();
    screens
        .map(|screen| answers_before_questions(screen, &seen.answers))
        .sum()
}

fn different(seen: &Seen) -> usize {
    let screens: std::collections::BTreeSet<_> = seen.screens.iter().collect();
    screens.len()
}

#[test]
fn an_answer_above_its_question_is_counted() {
    let answers = [None, Some(0), Some(1), None];
    assert_eq!(answers_before_questions(&[0, 1, 2, 3], &answers), 0);
    assert_eq!(answers_before_questions(&[3, 0, 1, 2], &answers), 0);
    assert_eq!(answers_before_questions(&[1, 0, 2, 3], &answers), 1);
    assert_eq!(answers_before_questions(&[2, 1, 0], &answers), 2);
    assert_eq!(answers_before_questions(&[1, 2], &answers), 1);
}

#[test]
fn gateways_among_themselves_and_new_connections_disturb_the_order() {
    let steady = Room {
        breaks: None,
        ..ROOM
    };
    let sum = |room: Room, design| -> usize {
        (0..20).map(|seed| wrong(&room.talk(design, seed))).sum()
    };
    assert!(sum(steady, Design::Gateways) > 0);
    assert_eq!(sum(steady, Design::Server), 0);
    assert!(sum(ROOM, Design::Server) > 0);
    assert_eq!(sum(ROOM, Design::Numbers), 0);
}

#[test]
fn two_gateways_differ_only_as_their_line_lets_them() {
    // Where the answer can't be faster than the longest way, nothing overtakes.
    let slow = Room {
        think: (330, 900),
        breaks: None,
        ..ROOM
    };
    for seed in 0..20 {
        assert_eq!(wrong(&slow.talk(Design::Gateways, seed)), 0);
    }
}

proptest! {
    #[test]
    fn everybody_gets_every_message_once(
        seed in any::<u64>(), readers in 1..15usize, gateways in 1..5usize, messages in 0..50u64, conversations in 1..5u64,
        breaks in prop::option::of(300..3_000u64), hop in 0..500u64, think in 0..500u64,
        design in prop::sample::select(vec![Design::Gateways, Design::Server, Design::Numbers]),
    ) {
        let room = Room { readers, gateways, messages, conversations, breaks, hop: (0, hop), think: (0, think), ..ROOM };
        let seen = room.talk(design, seed);
        prop_assert_eq!(seen.answers.len() as u64, messages);
        for screen in &seen.screens {
            let mut sorted = screen.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..messages).collect::<Vec<_>>());
        }
        if design == Design::Numbers {
            prop_assert_eq!((wrong(&seen), different(&seen)), (0, 1));
        } else {
            prop_assert!(seen.held == 0);
        }
    }

    #[test]
    fn over_lines_that_deliver_in_order_one_server_is_enough(seed in any::<u64>(), hop in 0..900u64, line in 5..900u64, think in 0..500u64) {
        let room = Room { breaks: None, hop: (0, hop), line: (5, line), think: (0, think), ..ROOM };
        let one = Room { gateways: 1, ..room }.talk(Design::Gateways, seed);
        prop_assert_eq!((wrong(&one), different(&one)), (0, 1));
        let server = room.talk(Design::Server, seed);
        prop_assert_eq!((wrong(&server), different(&server)), (0, 1));
    }

    #[test]
    fn a_gateway_shows_all_its_readers_the_same(seed in any::<u64>(), gateways in 1..6usize) {
        let seen = Room { gateways, breaks: None, ..ROOM }.talk(Design::Gateways, seed);
        prop_assert!(different(&seen) <= gateways);
    }

    #[test]
    fn lines_arrive_once_and_in_order_unless_they_are_sent_at_once(
        seed in any::<u64>(), lines in 0..40u64, pace in 0..400_000u64, loss in 0.0..0.6, longest in 20_000..900_000u64
    ) {
        let conditions = Conditions { min_delay: 20_000, max_delay: longest, loss, duplication: 0.1 };
        for phone in [Phone::AtOnce, Phone::OneByOne, Phone::Numbered] {
            let sent = send_lines(phone, (lines, pace, 2_000_000), conditions, seed);
            let mut sorted = sent.order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(&sorted, &(0..lines).collect::<Vec<_>>());
            prop_assert!(phone == Phone::AtOnce || sent.order == sorted);
            prop_assert!(lines == 0 || sent.delay >= 20_000);
        }
    }

    #[test]
    fn without_loss_lines_overtake_only_when_they_are_closer_than_their_delays(seed in any::<u64>(), pace in 0..400_000u64) {
        let conditions = Conditions { min_delay: 20_000, max_delay: 220_000, ..Conditions::default() };
        let sent = send_lines(Phone::AtOnce, (30, pace, 2_000_000), conditions, seed);
        prop_assert!(pace < 200_000 || sent.order.is_sorted());
    }
}
