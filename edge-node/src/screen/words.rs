//! The screen's own words in each language; the reasons have theirs in `reason_text`.
//!
//! One value per language with every word in it, so a missing translation does not compile.

use sync_protocol::{
    scan::Action,
    verdict::{Decision, Verdict},
};

use crate::reason_text::Language;

/// Words of a page: each line is a name, the English and the Indonesian of it.
macro_rules! word_list {
    ($(#[$about:meta])* $name:ident { $($word:ident: $english:literal, $indonesian:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $name {
            $(#[doc = $english] pub $word: &'static str,)*
        }

        impl $name {
            /// The words of a language.
            #[must_use]
            pub fn of(language: $crate::reason_text::Language) -> &'static Self {
                static ENGLISH: $name = $name { $($word: $english,)* };
                static INDONESIAN: $name = $name { $($word: $indonesian,)* };
                match language {
                    $crate::reason_text::Language::English => &ENGLISH,
                    $crate::reason_text::Language::Indonesian => &INDONESIAN,
                }
            }
        }
    };
}
pub(super) use word_list;

/// Every word on the screen.
#[derive(Debug)]
pub struct Words {
    /// Title of the page.
    pub title: &'static str,
    /// Above the switch.
    pub action: &'static str,
    /// What the part beside the verdict is about, for who does not see it.
    pub panel: &'static str,
    /// Names of exchange, entry, exit and unpairing, as on the switch, and of taking a scan back.
    pub actions: [&'static str; 5],
    /// What the big word says when somebody is let through.
    pub admit: [&'static str; 5],
    /// When a supervisor decides.
    pub ask: &'static str,
    /// And who that is.
    pub ask_hint: &'static str,
    /// When somebody is kept out.
    pub refuse: &'static str,
    /// Nothing was scanned yet.
    pub ready: &'static str,
    /// And what to do.
    pub ready_hint: &'static str,
    /// What to do where wristbands are taken back.
    pub unpair_hint: &'static str,
    /// The one big word while a ticket waits.
    pub wristband: &'static str,
    /// A wristband came first.
    pub ticket_first: &'static str,
    /// Label of the input.
    pub code: &'static str,
    /// Its button.
    pub check: &'static str,
    /// Before the gate and time of an earlier scan.
    pub first: &'static str,
    /// What to do where nothing can be stored.
    pub store_hint: &'static str,
    /// The same ticket a moment ago.
    pub repeat: &'static str,
    /// The gate might be wrong.
    pub provisional: &'static str,
    /// The browser lost the program.
    pub lost: &'static str,
    /// And what to do.
    pub lost_hint: &'static str,
    /// Central answers.
    pub connected: &'static str,
    /// It does not.
    pub away: &'static str,
    /// Not known yet.
    pub starting: &'static str,
    /// The program does not sync.
    pub no_sync: &'static str,
    /// Before the age of the last sync.
    pub last_sync: &'static str,
    /// There was none.
    pub never: &'static str,
    /// Scans that central does not have.
    pub unsent: &'static str,
    /// Scans that central put aside.
    pub parked: &'static str,
    /// Tickets in the replica.
    pub tickets: &'static str,
    /// Scans in the log.
    pub scans: &'static str,
    /// The replica is not central's.
    pub incomplete: &'static str,
    /// Tickets are on their way.
    pub receiving: &'static str,
    /// The gate is locked: it heard nothing of central for too long.
    pub locked: &'static str,
    /// The gate is locked: its disk was copied.
    pub locked_copy: &'static str,
    /// The gate is locked: central revoked it.
    pub locked_revoked: &'static str,
    /// The wall clock is wrong.
    pub clock_wrong: &'static str,
    /// Nothing confirms the wall clock.
    pub clock_unknown: &'static str,
    /// Since the program started.
    pub since_start: &'static str,
    /// Heading.
    pub recent: &'static str,
    /// Nothing there.
    pub none_yet: &'static str,
    /// Heading.
    pub conflicts: &'static str,
    /// Before the gate of a wristband of which no exchange is known.
    pub unbound: &'static str,
    /// Before the gate of an admission that the gate could not know to be wrong.
    pub after_revocation: &'static str,
    /// Before the gate of one that it could have known to be.
    pub not_valid: &'static str,
    /// Before the winning gate.
    pub counted_at: &'static str,
    /// Before the losing gate.
    pub also_at: &'static str,
    /// Before the name of a supervisor.
    pub let_in_by: &'static str,
    /// Clocks cannot tell.
    pub undecidable: &'static str,
    /// Units of ages: seconds, minutes, hours, days; and "ago".
    pub ages: [&'static str; 5],
}

static ENGLISH: Words = Words {
    title: "Gate",
    action: "What guests want here",
    panel: "How this gate stands",
    actions: ["Exchange", "Entry", "Exit", "Take back", "Undo"],
    admit: ["EXCHANGE", "ENTER", "EXIT", "TAKEN BACK", "UNDONE"],
    ask: "ASK",
    ask_hint: "Call a supervisor, who decides",
    refuse: "STOP",
    ready: "Ready",
    ready_hint: "Scan a ticket, or type its number",
    unpair_hint: "Scan the wristband, or the ticket that it belongs to",
    wristband: "WRISTBAND",
    ticket_first: "Scan the ticket first, then its wristband",
    code: "Ticket code or number",
    check: "Check",
    first: "First",
    store_hint: "Make room on this machine's disk, or use another gate. Before doors says more.",
    repeat: "The same ticket, just now, at this gate",
    provisional: "Provisional: central may know better",
    lost: "The gate is not running",
    lost_hint: "Nothing is being checked. Let nobody in; start the gate program again.",
    connected: "Connected to central",
    away: "Offline: this gate decides alone",
    starting: "Looking for central",
    no_sync: "Not syncing",
    last_sync: "Last sync",
    never: "never",
    unsent: "Unsent scans",
    parked: "Put aside by central",
    tickets: "Tickets",
    scans: "Scans in the log",
    incomplete: "Tickets incomplete",
    receiving: "Receiving tickets",
    locked: "This gate is locked: too long without central. Connect it.",
    locked_copy: "This gate is locked: its disk was copied. Call the venue manager.",
    locked_revoked: "This gate is locked: central revoked it. Call the venue manager.",
    clock_wrong: "The clock of this machine is wrong",
    clock_unknown: "Nothing has confirmed this machine's clock since it started",
    since_start: "Since this screen started",
    recent: "Last scans",
    none_yet: "None yet",
    conflicts: "To look at: the venue manager is told too",
    unbound: "wristband without a ticket, let in at",
    after_revocation: "let in after it was withdrawn, at",
    not_valid: "let in although not valid, at",
    counted_at: "counted",
    also_at: "also let in",
    let_in_by: "let in by supervisor",
    undecidable: "clocks cannot tell which was first",
    ages: ["s", "min", "h", "d", "ago"],
};

static INDONESIAN: Words = Words {
    title: "Gerbang",
    action: "Keperluan tamu di sini",
    panel: "Keadaan gerbang ini",
    actions: ["Tukar", "Masuk", "Keluar", "Lepas gelang", "Batalkan"],
    admit: ["TUKAR", "MASUK", "KELUAR", "DILEPAS", "DIBATALKAN"],
    ask: "TANYA",
    ask_hint: "Panggil supervisor untuk memutuskan",
    refuse: "TOLAK",
    ready: "Siap",
    ready_hint: "Pindai tiket, atau ketik nomornya",
    unpair_hint: "Pindai gelang, atau tiket pemiliknya",
    wristband: "GELANG",
    ticket_first: "Pindai tiket dulu, lalu gelangnya",
    code: "Kode atau nomor tiket",
    check: "Periksa",
    first: "Pertama",
    store_hint: "Kosongkan disk mesin ini, atau pakai gerbang lain. Halaman kesiapan menjelaskan.",
    repeat: "Tiket yang sama, baru saja, di gerbang ini",
    provisional: "Sementara: pusat mungkin lebih tahu",
    lost: "Program gerbang tidak berjalan",
    lost_hint: "Tidak ada yang diperiksa. Jangan izinkan masuk; jalankan lagi program gerbang.",
    connected: "Terhubung ke pusat",
    away: "Luring: gerbang ini memutuskan sendiri",
    starting: "Mencari pusat",
    no_sync: "Tidak menyinkronkan",
    last_sync: "Sinkronisasi terakhir",
    never: "belum pernah",
    unsent: "Pindaian belum terkirim",
    parked: "Disisihkan oleh pusat",
    tickets: "Tiket",
    scans: "Pindaian dalam catatan",
    incomplete: "Tiket belum lengkap",
    receiving: "Menerima tiket",
    locked: "Gerbang ini terkunci: terlalu lama tanpa pusat. Hubungkan.",
    locked_copy: "Gerbang ini terkunci: disknya disalin. Panggil manajer venue.",
    locked_revoked: "Gerbang ini terkunci: dicabut oleh pusat. Panggil manajer venue.",
    clock_wrong: "Jam mesin ini salah",
    clock_unknown: "Jam mesin ini belum dikonfirmasi sejak menyala",
    since_start: "Sejak layar ini dibuka",
    recent: "Pindaian terakhir",
    none_yet: "Belum ada",
    conflicts: "Perlu dilihat: manajer juga diberi tahu",
    unbound: "gelang tanpa tiket, masuk di",
    after_revocation: "masuk setelah tiket ditarik, di",
    not_valid: "masuk meskipun tidak berlaku, di",
    counted_at: "dihitung",
    also_at: "juga masuk",
    let_in_by: "diizinkan oleh supervisor",
    undecidable: "jam tidak dapat menentukan mana yang pertama",
    ages: ["dtk", "mnt", "jam", "hari", "lalu"],
};

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Indonesian => &INDONESIAN,
        }
    }

    /// The name of an action.
    #[must_use]
    pub const fn action(&self, action: Action) -> &'static str {
        self.actions[place(action)]
    }

    /// The one big word.
    #[must_use]
    pub const fn verdict(&self, verdict: Verdict, action: Action) -> &'static str {
        match verdict.decision {
            Decision::Admit => self.admit[place(action)],
            Decision::Ask => self.ask,
            Decision::Refuse => self.refuse,
        }
    }

    /// How long ago, in the largest unit that fits: `3 min ago`.
    #[must_use]
    pub fn age(&self, ms: i64) -> String {
        let seconds = ms.max(0) / 1_000;
        let (count, unit) = match seconds {
            ..60 => (seconds, self.ages[0]),
            60..3_600 => (seconds / 60, self.ages[1]),
            3_600..86_400 => (seconds / 3_600, self.ages[2]),
            _ => (seconds / 86_400, self.ages[3]),
        };
        format!("{count} {unit} {}", self.ages[4])
    }
}

const fn place(action: Action) -> usize {
    match action {
        Action::Exchange => 0,
        Action::Entry => 1,
        Action::Exit => 2,
        Action::Unpair => 3,
        Action::Undo => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_in_the_largest_unit() {
        let words = Words::of(Language::English);
        for (ms, text) in [
            (-5, "0 s ago"),
            (59_999, "59 s ago"),
            (60_000, "1 min ago"),
            (7_199_999, "1 h ago"),
            (200_000_000, "2 d ago"),
        ] {
            assert_eq!(words.age(ms), text);
        }
    }
}
