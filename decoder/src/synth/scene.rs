//! Where a code lies before the camera, and how it is drawn.
//!
//! The code lies on a card in a plane; [`Placement`] turns, tilts and moves the plane; every pixel of
//! the frame is traced back to the plane (an inverse homography) and is the mean of nine samples.
//! The code is QR at level M, as tickets are. Knows no damage but geometry: folds are geometry.

use qrcodegen::{QrCode, QrCodeEcc};

use super::picture::Picture;

/// White around the code, in modules: what the standard asks for, and a little more card.
const MARGIN: f64 = 7.0;

/// Samples per pixel and direction.
const SAMPLES: u32 = 3;

/// How the plane of the code stands before the camera.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// Middle of the code in the frame, in pixels.
    pub centre: (f64, f64),
    /// Side of the code without its margin, in pixels, before it is tilted.
    pub side: f64,
    /// Turn in the plane of the frame, in radians.
    pub turn: f64,
    /// Tilt about the vertical and the horizontal axis, in radians.
    pub tilt: (f64, f64),
    /// A fold through the card, if there is one.
    pub fold: Option<Fold>,
}

/// A fold: beyond a line the paper bends away.
#[derive(Debug, Clone, Copy)]
pub struct Fold {
    /// Direction of the line's normal, in radians, and its distance from the middle, in half sides.
    pub angle: f64,
    pub offset: f64,
    /// By what share lengths shrink beyond the line.
    pub shrink: f64,
    /// How many tones darker the paper is beyond the line.
    pub shade: f64,
}

/// A code to draw.
pub struct Scene {
    code: QrCode,
    placement: Placement,
    /// Tones of dark and light modules.
    pub ink: (f64, f64),
}

impl Placement {
    /// Straight on, in the middle of the frame.
    pub fn centred(width: u32, height: u32, side: f64) -> Self {
        let centre = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        Self {
            centre,
            side,
            turn: 0.0,
            tilt: (0.0, 0.0),
            fold: None,
        }
    }

    /// The plane with what every pixel needs of it worked out once.
    fn plane(&self) -> Plane {
        let (right, down) = self.axes();
        let fold = self.fold.map(|fold| (fold, fold.angle.sin_cos()));
        Plane {
            centre: self.centre,
            side: self.side,
            right,
            down,
            fold,
        }
    }

    fn axes(&self) -> (Vector, Vector) {
        let ((sin_v, cos_v), (sin_h, cos_h)) = (self.tilt.0.sin_cos(), self.tilt.1.sin_cos());
        let tilted = |x: f64, y: f64| {
            (
                x * cos_v + y * sin_h * sin_v,
                y * cos_h,
                y * sin_h * cos_v - x * sin_v,
            )
        };
        let (sin, cos) = self.turn.sin_cos();
        (tilted(cos, sin), tilted(-sin, cos))
    }
}

type Vector = (f64, f64, f64);

/// A placement in the form that tracing needs.
struct Plane {
    centre: (f64, f64),
    side: f64,
    right: Vector,
    down: Vector,
    fold: Option<(Fold, (f64, f64))>,
}

impl Plane {
    /// Where a pixel lies on the plane, in half sides from the middle of the code: the ray through
    /// the pixel meets the plane, and the meeting point is measured along the plane's two axes.
    fn trace(&self, x: f64, y: f64) -> (f64, f64) {
        let half = self.side / 2.0;
        // The camera stands three sides away: near enough for a tilt to show perspective.
        let far = self.side * 3.0;
        let ray = ((x - self.centre.0) / far, (y - self.centre.1) / far, 1.0);
        let normal = cross(self.right, self.down);
        let depth = far * normal.2 / dot(normal, ray);
        let hit = (ray.0 * depth, ray.1 * depth, depth - far);
        self.unfolded((dot(hit, self.right) / half, dot(hit, self.down) / half))
    }

    fn unfolded(&self, (u, v): (f64, f64)) -> (f64, f64) {
        let Some((fold, (sin, cos))) = self.fold else {
            return (u, v);
        };
        let beyond = (u * cos + v * sin - fold.offset).max(0.0);
        let stretch = beyond * (1.0 / (1.0 - fold.shrink) - 1.0);
        (u + cos * stretch, v + sin * stretch)
    }

    /// The shade of a fold at a point of the plane: darker beyond it, darkest along it.
    fn shade(&self, (u, v): (f64, f64)) -> f64 {
        let Some((fold, (sin, cos))) = self.fold else {
            return 0.0;
        };
        let distance = u * cos + v * sin - fold.offset;
        let line = if distance.abs() < 0.02 {
            fold.shade
        } else {
            0.0
        };
        line + if distance > 0.0 { fold.shade } else { 0.0 }
    }
}

impl Scene {
    /// A code of `text` at level M.
    ///
    /// # Panics
    /// When the text is too long for any QR code, which no test text is.
    pub fn new(text: &str, placement: Placement) -> Self {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("a text that fits");
        Self {
            code,
            placement,
            ink: (25.0, 235.0),
        }
    }

    /// Modules along a side.
    pub fn modules(&self) -> i32 {
        self.code.size()
    }

    /// Draws card and code over what is there.
    pub fn draw(&self, picture: &mut Picture) {
        let plane = self.placement.plane();
        // The corners of a turned card, drawn larger where it leans towards the camera.
        let reach = plane.side * (0.5 + MARGIN / f64::from(self.modules())) * 1.9;
        let (middle_x, middle_y) = self.placement.centre;
        picture.each(|x, y, old| {
            let near = (x - middle_x).abs() < reach && (y - middle_y).abs() < reach;
            if near {
                self.pixel(&plane, x, y, old)
            } else {
                old
            }
        });
    }

    fn pixel(&self, plane: &Plane, x: f64, y: f64, behind: f64) -> f64 {
        let step = 1.0 / f64::from(SAMPLES);
        let offsets = (0..SAMPLES).map(|n| (f64::from(n) + 0.5) * step - 0.5);
        let samples = offsets
            .clone()
            .flat_map(|dy| offsets.clone().map(move |dx| (dx, dy)));
        let sum: f64 = samples
            .map(|(dx, dy)| self.sample(plane, (x + dx, y + dy), behind))
            .sum();
        sum * step * step
    }

    fn sample(&self, plane: &Plane, (x, y): (f64, f64), behind: f64) -> f64 {
        let point = plane.trace(x, y);
        let size = f64::from(self.modules());
        let (column, row) = ((point.0 + 1.0) / 2.0 * size, (point.1 + 1.0) / 2.0 * size);
        let card = -MARGIN..size + MARGIN;
        if !card.contains(&column) || !card.contains(&row) {
            return behind;
        }
        let dark = self.code.get_module(whole(column), whole(row));
        (if dark { self.ink.0 } else { self.ink.1 }) - plane.shade(point)
    }
}

fn cross(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    (
        a.1 * b.2 - a.2 * b.1,
        a.2 * b.0 - a.0 * b.2,
        a.0 * b.1 - a.1 * b.0,
    )
}

fn dot(a: (f64, f64, f64), b: (f64, f64, f64)) -> f64 {
    a.0 * b.0 + a.1 * b.1 + a.2 * b.2
}

#[expect(clippy::cast_possible_truncation, reason = "within the card")]
fn whole(value: f64) -> i32 {
    value.floor() as i32
}
