//! What a USB camera says of itself (USB Video Class 1.0): descriptors, and the block of bytes in which host and camera
//! agree on format, size and pace.

/// Frames, in hundreds of nanoseconds apart.
pub const FPS_30: u32 = 333_333;
/// Twelve and a half frames a second.
pub const FPS_12_5: u32 = 800_000;
/// Seven and a half.
pub const FPS_7_5: u32 = 1_333_333;

/// How pixels are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Brightness of each pixel, colour of each second.
    Yuyv,
    /// A JPEG picture per frame.
    Mjpeg,
}

/// A kind of camera.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it calls itself.
    pub name: &'static str,
    /// Its formats, each in all sizes.
    pub formats: &'static [Format],
    /// Width and height.
    pub sizes: &'static [(u16, u16)],
    /// Its paces; the first is the one it wakes up with.
    pub intervals: &'static [u32],
}

/// What host and camera agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Format and size, each counted from one.
    pub format: u8,
    pub frame: u8,
    /// Pace.
    pub interval: u32,
}

/// Bytes of one frame of YUYV: two for a pixel. MJPEG frames are never longer.
fn frame_bytes((width, height): (u16, u16)) -> u32 {
    u32::from(width) * u32::from(height) * 2
}

fn small(count: usize) -> u8 {
    u8::try_from(count).expect("few")
}

fn word(length: usize) -> [u8; 2] {
    u16::try_from(length).expect("short").to_le_bytes()
}

impl Model {
    /// The device descriptor: USB 2.0, several interfaces that belong together, one configuration.
    pub fn device() -> Vec<u8> {
        vec![
            18, 1, 0x00, 0x02, 0xef, 2, 1, 64, 0x25, 0x05, 0xa4, 0xa2, 0x00, 0x01, 1, 2, 3, 1,
        ]
    }

    /// A text that another descriptor names by its number; 0 = the languages.
    pub fn string(&self, number: u16) -> Vec<u8> {
        let text = match number {
            0 => return vec![4, 3, 9, 4],
            1 => "Gerbang",
            2 => self.name,
            _ => "1",
        };
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [vec![small(2 + units.len()), 3], units].concat()
    }

    /// The configuration with everything in it.
    pub fn configuration(&self) -> Vec<u8> {
        let parts = [
            self.control(),
            self.streaming(),
            vec![7, 5, 0x81, 2, 0, 2, 0],
        ]
        .concat();
        let head = [
            vec![9, 2],
            word(9 + parts.len()).to_vec(),
            vec![2, 1, 0, 0x80, 50],
        ]
        .concat();
        [head, parts].concat()
    }

    /// Interface 0: a camera whose pictures go out over USB.
    fn control(&self) -> Vec<u8> {
        let camera = [18, 0x24, 2, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0];
        let output = [9, 0x24, 3, 2, 1, 1, 0, 1, 0];
        let units = [camera.as_slice(), &output].concat();
        let association = [8, 0x0b, 0, 2, 0x0e, 3, 0, 0];
        let interface = [9, 4, 0, 0, 0, 0x0e, 1, 0, 0];
        let [low, high] = word(13 + units.len());
        let header = [13, 0x24, 1, 0, 1, low, high, 0x40, 0x42, 0x0f, 0, 1, 1];
        [&association[..], &interface, &header, &units].concat()
    }

    /// Interface 1: the formats, and one bulk endpoint that brings them.
    fn streaming(&self) -> Vec<u8> {
        let formats: Vec<u8> = self
            .formats
            .iter()
            .enumerate()
            .flat_map(|(at, format)| self.format(small(at + 1), *format))
            .collect();
        let interface = [9, 4, 1, 0, 1, 0x0e, 2, 0, 0];
        let length = 13 + self.formats.len();
        let [low, high] = word(length + formats.len());
        let header = [
            small(length),
            0x24,
            1,
            small(self.formats.len()),
            low,
            high,
            0x81,
            0,
            2,
            0,
            0,
            0,
            1,
        ];
        let controls = vec![0; self.formats.len()];
        [&interface[..], &header, &controls, &formats].concat()
    }

    fn format(&self, number: u8, format: Format) -> Vec<u8> {
        const YUY2: [u8; 16] = *b"YUY2\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
        let sizes = small(self.sizes.len());
        let (head, kind) = match format {
            Format::Yuyv => (
                [
                    &[27, 0x24, 4, number, sizes][..],
                    &YUY2,
                    &[16, 1, 0, 0, 0, 0],
                ]
                .concat(),
                5,
            ),
            Format::Mjpeg => (vec![11, 0x24, 6, number, sizes, 1, 1, 0, 0, 0, 0], 7),
        };
        let frames = self
            .sizes
            .iter()
            .enumerate()
            .flat_map(|(at, size)| self.frame(kind, small(at + 1), *size));
        head.into_iter().chain(frames).collect()
    }

    fn frame(&self, kind: u8, number: u8, size: (u16, u16)) -> Vec<u8> {
        let bytes = frame_bytes(size);
        let mut frame = vec![small(26 + 4 * self.intervals.len()), 0x24, kind, number, 0];
        frame.extend(size.0.to_le_bytes().into_iter().chain(size.1.to_le_bytes()));
        for number in [bytes * 8, bytes * 8 * 30, bytes, self.intervals[0]] {
            frame.extend(number.to_le_bytes());
        }
        frame.push(small(self.intervals.len()));
        frame.extend(
            self.intervals
                .iter()
                .flat_map(|interval| interval.to_le_bytes()),
        );
        frame
    }

    /// What it would send if nobody asked for anything.
    pub fn at_first(&self) -> Agreed {
        Agreed {
            format: 1,
            frame: 1,
            interval: self.intervals[0],
        }
    }

    /// As much of what the host asks for as this camera has.
    pub fn agree(&self, asked: &[u8]) -> Option<Agreed> {
        let interval = u32::from_le_bytes(asked.get(4..8)?.try_into().ok()?);
        let nearest = self
            .intervals
            .iter()
            .min_by_key(|known| known.abs_diff(interval));
        Some(Agreed {
            format: asked[2].clamp(1, small(self.formats.len())),
            frame: asked[3].clamp(1, small(self.sizes.len())),
            interval: *nearest?,
        })
    }

    /// The block of bytes in which the camera says what is agreed.
    pub fn block(&self, agreed: Agreed) -> Vec<u8> {
        let bytes = frame_bytes(self.size(agreed));
        let mut block = vec![1, 0, agreed.format, agreed.frame];
        block.extend(agreed.interval.to_le_bytes());
        block.extend([0; 10]);
        block.extend(bytes.to_le_bytes());
        block.extend((bytes + super::HEADER).to_le_bytes());
        block
    }

    /// The format that was agreed on.
    pub fn pixels(&self, agreed: Agreed) -> Format {
        self.formats[usize::from(agreed.format) - 1]
    }

    /// The size that was agreed on.
    pub fn size(&self, agreed: Agreed) -> (u16, u16) {
        self.sizes[usize::from(agreed.frame) - 1]
    }
}
