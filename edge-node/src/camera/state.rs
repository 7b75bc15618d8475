//! What the camera does just now, and what a person can do about it, in each language.
//!
//! Invariant: the match is exhaustive, so a new state does not compile without its words; every trouble says what
//! to do, and none of them stops scanning by other means. Told by `watch`, shown by the screen and `doctor`.

use serde::Serialize;

use crate::reason_text::Language;

/// How a gate's camera stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CameraState {
    /// Switched off.
    #[default]
    Off,
    /// Being opened, or its first frame is awaited.
    Starting,
    /// Frames come.
    Running {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
        /// Frames in the last second.
        fps: u32,
    },
    /// None is plugged in, or none of that name.
    NoCamera,
    /// Another program has it.
    Busy,
    /// This user may not use it.
    Denied,
    /// It was there a moment ago.
    Unplugged,
    /// It is there and sends nothing.
    Hung,
    /// What it sends cannot be used.
    Unusable,
    /// The file of frames is at its end.
    Ended,
}

impl CameraState {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Starting => "starting",
            Self::Running { .. } => "running",
            Self::NoCamera => "no_camera",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Unplugged => "unplugged",
            Self::Hung => "hung",
            Self::Unusable => "unusable",
            Self::Ended => "ended",
        }
    }

    /// The stable name of the trouble, as errors have one.
    #[must_use]
    pub const fn fault_code(self) -> &'static str {
        match self {
            Self::NoCamera => "camera_missing",
            Self::Busy => "camera_busy",
            Self::Denied => "camera_denied",
            Self::Unplugged => "camera_unplugged",
            Self::Hung => "camera_hung",
            Self::Unusable => "camera_unusable",
            Self::Off | Self::Starting | Self::Running { .. } | Self::Ended => "camera_not_ready",
        }
    }

    /// Frames come.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running { .. })
    }

    /// Somebody should do something.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        !matches!(
            self,
            Self::Off | Self::Starting | Self::Running { .. } | Self::Ended
        )
    }

    /// What it is, for the screen.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        let (english, indonesian) = match self {
            Self::Off => ("Camera is off", "Kamera dimatikan"),
            Self::Starting => ("Camera is starting", "Kamera sedang dinyalakan"),
            Self::Running { .. } => ("Camera is on", "Kamera menyala"),
            Self::NoCamera => ("No camera", "Tidak ada kamera"),
            Self::Busy => ("Camera is busy", "Kamera sedang dipakai"),
            Self::Denied => ("No permission for the camera", "Kamera tidak diizinkan"),
            Self::Unplugged => ("Camera is unplugged", "Kamera terlepas"),
            Self::Hung => ("Camera sends no pictures", "Kamera tidak mengirim gambar"),
            Self::Unusable => (
                "Camera pictures cannot be read",
                "Gambar kamera tidak terbaca",
            ),
            Self::Ended => ("No more frames", "Rekaman sudah habis"),
        };
        pick(language, english, indonesian)
    }

    /// What to do about it; empty where there is nothing to do.
    #[must_use]
    pub const fn advice(self, language: Language) -> &'static str {
        let (english, indonesian) = match self {
            Self::Off | Self::Starting | Self::Running { .. } | Self::Ended => ("", ""),
            Self::NoCamera => (
                "Plug in a camera: it is found by itself. A scanner and typing work meanwhile.",
                "Pasang kamera: kamera dikenali sendiri. Pemindai dan pengetikan tetap berfungsi.",
            ),
            Self::Busy => (
                "Close the other program that uses the camera.",
                "Tutup program lain yang memakai kamera.",
            ),
            Self::Denied => (
                "Add this user to the group video (sudo usermod -aG video NAME), then sign in again.",
                "Tambahkan pengguna ini ke grup video (sudo usermod -aG video NAMA), lalu masuk lagi.",
            ),
            Self::Unplugged => (
                "Plug the camera in again: it goes on by itself.",
                "Pasang lagi kameranya: kamera lanjut sendiri.",
            ),
            Self::Hung => (
                "Unplug the camera and plug it in again.",
                "Cabut kamera lalu pasang lagi.",
            ),
            Self::Unusable => (
                "Try another camera or another USB socket.",
                "Coba kamera lain atau colokan USB lain.",
            ),
        };
        pick(language, english, indonesian)
    }
}

const fn pick(language: Language, english: &'static str, indonesian: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [CameraState; 10] = [
        CameraState::Off,
        CameraState::Starting,
        CameraState::Running {
            width: 1280,
            height: 720,
            fps: 30,
        },
        CameraState::NoCamera,
        CameraState::Busy,
        CameraState::Denied,
        CameraState::Unplugged,
        CameraState::Hung,
        CameraState::Unusable,
        CameraState::Ended,
    ];

    #[test]
    fn every_state_has_words_of_its_own_and_every_trouble_says_what_to_do() {
        for language in Language::ALL {
            let texts: BTreeSet<_> = ALL.iter().map(|state| state.text(language)).collect();
            assert_eq!(texts.len(), ALL.len(), "{}", language.tag());
            for state in ALL {
                let advice = state.advice(language);
                assert_eq!(advice.is_empty(), !state.is_trouble(), "{state:?}");
            }
        }
    }

    #[test]
    fn json_names_the_state() {
        for state in ALL {
            let json = serde_json::to_value(state).expect("plain data");
            assert_eq!(json["state"], state.name());
        }
    }
}
