//! Disks that can only be read: one that becomes so under a running gate, and one that is so from the start.
use crate::{
    full_disk::{
        check, check_arrived, check_never_green, check_opens_for_nobody, check_refused,
        check_refused_page,
    },
    gate::Seen,
    mount::Image,
    venue::{GATES, Venue},
    witness::Witness,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_23_a_read_only_disk_refuses_and_never_shows_green() {
    let venue = Venue::open(500).await;
    let image = Image::new(&venue.folder().join("disk"), 24);
    let disk = image.mount("rw");
    let gate = venue.enrol(GATES[1], disk.path.join("gate")).await;
    let codes = venue.codes();
    let mut witness = Witness::default();

    let screen = gate.open_screen().await.expect("it opens");
    screen.hand.clone().show_all(codes[..20].to_vec()).await;
    disk.fail();
    for code in &codes[20..40] {
        let seen = screen.hand.show(code).await.expect("the gate answers");
        check_refused(&seen);
    }
    check_refused_page(&screen.hand, &codes[20]).await;
    witness.saw_all(screen.kill().await);
    assert_eq!(witness.greens(), 20);

    check_never_green(&gate.scan_one(&codes[40]).await);
    check_opens_for_nobody(&gate, &codes[40]).await;
    assert_eq!(check(&gate, &mut witness).len(), 20);
    disk.take_away();
    image.repair();

    let disk = image.mount("ro");
    check_never_green(&gate.scan_one(&codes[40]).await);
    check_opens_for_nobody(&gate, &codes[40]).await;
    assert_eq!(check(&gate, &mut witness).len(), 20);
    disk.take_away();

    let disk = image.mount("rw");
    let next = gate.scan(&codes[20..25]).await;
    assert!(
        next.iter().all(Seen::is_green),
        "refused people get in: {next:?}"
    );
    assert_eq!(next[0].seq, Some(21), "the log goes on without a gap");
    witness.saw_all(next);
    check_arrived(&venue, &gate, &mut witness).await;
    disk.take_away();
}
