//! The words of what stands around the verdict: the menu, the counts, the devices; in each language.

use super::words::word_list;

word_list! {
    /// The menu's and the panel's words.
    ToolWords {
        menu: "Menu", "Menu";
        mute: "Mute the sounds", "Matikan suara";
        ready_in: "Ready in", "Siap dalam";
        sound_blocked: "The sound waits: touch this page once.", "Suara menunggu: sentuh halaman ini sekali.";
        theme: "Look", "Tampilan";
        theme_auto: "As the system", "Ikut sistem";
        theme_light: "Light", "Terang";
        theme_dark: "Dark", "Gelap";
        size: "Type", "Huruf";
        size_normal: "Normal", "Biasa";
        size_large: "Large", "Besar";
        before_doors: "Before doors: go or no-go", "Sebelum dibuka: siap atau belum";
        find: "Find a guest by name", "Cari tamu dengan nama";
        decide: "Decide and take back", "Putuskan dan batalkan";
        kiosk: "Kiosk: lock this screen", "Kios: kunci layar ini";
        leave_kiosk: "Leave kiosk mode", "Keluar dari mode kios";
        sign_out: "Sign out", "Keluar (logout)";
        lock: "Lock", "Kunci";
        switch: "Another operator", "Ganti petugas";
        picture: "Camera picture", "Gambar kamera";
        picture_of: "What the camera sees now", "Yang dilihat kamera sekarang";
        camera: "Camera", "Kamera";
        frames_kept: "Frames with codes are stored, as the venue set it", "Gambar berisi kode disimpan, sesuai pengaturan venue";
        devices_for: "Camera and scanners here are set to", "Kamera dan pemindai di sini diatur untuk";
        inside: "Inside now", "Di dalam sekarang";
        best_guess: "best guess", "perkiraan terbaik";
        others_as_of: "Other gates as of", "Gerbang lain per";
        peers: "Gates in reach", "Gerbang terjangkau";
        per_type: "At this gate, per ticket type", "Di gerbang ini, per jenis tiket";
        type_name: "Ticket type", "Jenis tiket";
        per_hour: "Let in here, per hour", "Masuk di sini, per jam";
        other_type: "Unknown", "Tidak dikenal";
        tried: "The test code, every character right. It is no ticket: scan on.", "Kode uji, semua karakter benar. Bukan tiket: lanjutkan memindai.";
        missed: "Not judged: scan these guests again", "Belum dinilai: pindai lagi tamu ini";
        missed_ok: "Seen", "Mengerti";
        stale: "These figures are old: the gate cannot read them now. Scanning goes on.",
            "Angka ini lama: gerbang tidak dapat membacanya sekarang. Pemindaian tetap berjalan.";
        pages: "Pages open here: each shows what camera and scanners read", "Halaman terbuka di sini: masing-masing menampilkan hasil kamera dan pemindai";
        rehearsal: "REHEARSAL", "LATIHAN";
    }
}

impl ToolWords {
    pub(super) fn themes(&self) -> [(&'static str, &'static str); 3] {
        let words = [self.theme_auto, self.theme_light, self.theme_dark];
        std::array::from_fn(|place| (super::look::THEMES[place], words[place]))
    }

    pub(super) fn sizes(&self) -> [(&'static str, &'static str); 2] {
        let words = [self.size_normal, self.size_large];
        std::array::from_fn(|place| (super::look::SIZES[place], words[place]))
    }
}
