//! What goes wrong between a ticket and a camera.
//!
//! Every [`Damage`] has one function that draws its strength from the seed, from hardly visible to
//! about as bad as a code can still be held up in earnest. All frames share a room behind the card,
//! a slight turn and tilt, a little blur and grain, so none is a picture of a clean code.

use std::f64::consts::{PI, TAU};

use super::FRAME_SIZE;
use super::picture::Picture;
use super::random::Random;
use super::scene::{Fold, Placement, Scene};
use crate::GrayFrame;

/// One kind of bad frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Damage {
    Glare,
    Blur,
    Motion,
    Tilt,
    Rotation,
    LowLight,
    Noise,
    Small,
    Inverted,
    Moire,
    Crease,
    Occlusion,
    Shadow,
    Mixed,
}

impl Damage {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 14] = [
        Self::Glare,
        Self::Blur,
        Self::Motion,
        Self::Tilt,
        Self::Rotation,
        Self::LowLight,
        Self::Noise,
        Self::Small,
        Self::Inverted,
        Self::Moire,
        Self::Crease,
        Self::Occlusion,
        Self::Shadow,
        Self::Mixed,
    ];
}

/// A 720p frame with a QR of `text`, spoilt in one way; the same for the same seed.
pub fn degraded(text: &str, damage: Damage, seed: u64) -> GrayFrame<'static> {
    let mut random = Random::new(seed);
    let placement = place(damage, &mut random);
    let mut picture = Picture::room(FRAME_SIZE.0, FRAME_SIZE.1, &mut random);
    let mut scene = Scene::new(text, placement);
    if damage == Damage::Inverted {
        scene.ink = (random.between(200.0, 245.0), random.between(10.0, 50.0));
    }
    scene.draw(&mut picture);
    spoil(damage, &mut picture, placement, &mut random);
    finish(&mut picture, &mut random);
    picture.into_frame()
}

fn place(damage: Damage, random: &mut Random) -> Placement {
    let (width, height) = FRAME_SIZE;
    let side = match damage {
        Damage::Small => random.between(70.0, 130.0),
        _ => random.between(200.0, 380.0),
    };
    let mut placement = Placement::centred(width, height, side);
    placement.centre.0 += random.between(-150.0, 150.0);
    placement.centre.1 += random.between(-60.0, 60.0);
    placement.turn = random.between(-0.15, 0.15);
    placement.tilt = (random.between(-0.15, 0.15), random.between(-0.15, 0.15));
    match damage {
        Damage::Rotation => placement.turn = random.between(-PI, PI),
        Damage::Tilt => placement.tilt = steep(random),
        Damage::Crease => placement.fold = Some(fold(random)),
        _ => {}
    }
    placement
}

fn steep(random: &mut Random) -> (f64, f64) {
    let (angle, way) = (random.between(0.5, 1.05), random.between(0.0, TAU));
    (angle * way.cos(), angle * way.sin())
}

fn fold(random: &mut Random) -> Fold {
    Fold {
        angle: random.between(-PI, PI),
        offset: random.between(-0.5, 0.5),
        shrink: random.between(0.02, 0.14),
        shade: random.between(10.0, 60.0),
    }
}

fn spoil(damage: Damage, picture: &mut Picture, at: Placement, random: &mut Random) {
    match damage {
        Damage::Glare => glare(picture, at, random),
        // In modules of a ticket, so that a large code is not the easier one.
        Damage::Blur => picture.blur(random.between(0.2, 0.75) * at.side / 41.0),
        Damage::Motion => {
            picture.smear(
                random.between(0.5, 2.2) * at.side / 41.0,
                random.between(0.0, PI),
            );
        }
        Damage::LowLight => {
            picture.dim(random.between(4.0, 16.0), random.between(0.05, 0.3));
            picture.add_noise(random.between(1.0, 4.0), random);
        }
        Damage::Noise => noise(picture, random),
        Damage::Moire => moire(picture, random),
        Damage::Occlusion => thumb(picture, at, random),
        Damage::Shadow => shadow(picture, at, random),
        Damage::Mixed => mixed(picture, at, random),
        Damage::Tilt | Damage::Rotation | Damage::Small | Damage::Inverted | Damage::Crease => {}
    }
}

/// Two lesser things at once.
fn mixed(picture: &mut Picture, at: Placement, random: &mut Random) {
    if random.coin() {
        shadow(picture, at, random);
    } else {
        picture.blur(random.between(0.1, 0.4) * at.side / 41.0);
    }
    picture.dim(random.between(5.0, 25.0), random.between(0.2, 0.6));
    picture.add_noise(random.between(2.0, 7.0), random);
}

/// A lamp in the glass: contrast fades towards its middle, and there the sensor is near its end.
fn glare(picture: &mut Picture, at: Placement, random: &mut Random) {
    let way = random.between(0.0, TAU);
    let far = random.between(0.0, 0.5) * at.side;
    let (x, y) = (at.centre.0 + way.cos() * far, at.centre.1 + way.sin() * far);
    let radius = random.between(0.15, 0.6) * at.side;
    let strength = random.between(0.6, 1.0);
    picture.each(|px, py, tone| {
        let distance = (px - x).hypot(py - y) / radius;
        let light = strength * (-distance * distance).exp();
        tone + (265.0 - tone) * light
    });
}

fn noise(picture: &mut Picture, random: &mut Random) {
    picture.add_noise(random.between(12.0, 60.0), random);
    let specks = random.between(0.0, 0.04);
    picture.each(|_, _, tone| match random.unit() {
        chance if chance < specks / 2.0 => 0.0,
        chance if chance < specks => 255.0,
        _ => tone,
    });
}

/// The grid of a screen against the grid of the sensor: two waves across each other.
fn moire(picture: &mut Picture, random: &mut Random) {
    for _ in 0..2 {
        let (period, angle) = (random.between(3.0, 16.0), random.between(0.0, PI));
        let (depth, start) = (random.between(0.08, 0.32), random.between(0.0, TAU));
        let (sin, cos) = angle.sin_cos();
        picture.each(|x, y, tone| {
            let wave = ((x * cos + y * sin) * TAU / period + start).sin();
            tone * (1.0 - depth / 2.0) + 255.0 * depth / 2.0 * wave
        });
    }
}

/// A thumb over the lower or right edge, where people hold a phone.
fn thumb(picture: &mut Picture, at: Placement, random: &mut Random) {
    let along = random.between(-0.35, 0.35) * at.side;
    let edge = at.side * random.between(0.38, 0.5);
    let (wide, long) = (random.between(0.06, 0.14), random.between(0.1, 0.26));
    let sideways = random.coin();
    let tone = random.between(90.0, 180.0);
    picture.each(|x, y, old| {
        let (dx, dy) = (x - at.centre.0, y - at.centre.1);
        let (across, towards) = if sideways { (dy, dx) } else { (dx, dy) };
        let (a, b) = (
            (across - along) / (wide * at.side),
            (towards - edge) / (long * at.side),
        );
        let covered = a * a + b.min(0.0) * b.min(0.0) < 1.0 && b < 4.0;
        if covered { tone - 20.0 * a * a } else { old }
    });
}

/// The hard edge of something that stands in the light.
fn shadow(picture: &mut Picture, at: Placement, random: &mut Random) {
    let (sin, cos) = random.between(-PI, PI).sin_cos();
    let offset = random.between(-0.35, 0.35) * at.side;
    let (depth, soft) = (random.between(0.3, 0.85), random.between(1.0, 40.0));
    picture.each(|x, y, tone| {
        let distance = (x - at.centre.0) * cos + (y - at.centre.1) * sin - offset;
        let lit = 1.0 / (1.0 + (-distance / soft).exp());
        tone * (1.0 - depth * lit)
    });
}

/// The least that any webcam adds.
fn finish(picture: &mut Picture, random: &mut Random) {
    picture.blur(random.between(0.3, 0.8));
    picture.add_noise(random.between(0.5, 3.0), random);
}
