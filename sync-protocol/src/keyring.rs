//! The keys with which a gate checks tickets and wristbands: its own event's, and those of the organiser's other events.
//!
//! Made once from an [`EventConfig`] and kept, because unpacking a key costs as much as a tenth of a verification.

use crate::{
    code::{CodeError, EventKeys, Payload, TicketCode},
    config::EventConfig,
    id::{EventId, WristbandId},
    rehearsal::RehearsalCode,
    time::Timestamp,
    wristband::{self, Roll, WristbandError, WristbandKey},
};

/// Keys by event.
#[derive(Clone, Debug)]
pub struct Keyring {
    event: EventId,
    own: EventKeys,
    others: Vec<(EventId, EventKeys)>,
    wristbands: Option<(WristbandKey, Vec<Roll>)>,
}

impl Keyring {
    /// The keys that a config carries.
    #[must_use]
    pub fn new(config: &EventConfig) -> Self {
        let others = config
            .other_events()
            .map(|event| (event, config.keys_of(event)));
        Self {
            event: config.event,
            own: config.keys_of(config.event),
            others: others.collect(),
            wristbands: config
                .wristbands
                .as_ref()
                .map(|rules| (rules.key, rules.rolls.clone())),
        }
    }

    /// Checks a wristband's cleaned text: genuine, and of a roll that was printed. Tells too whether that roll is void.
    ///
    /// # Errors
    /// As [`wristband::verify`].
    pub fn wristband(&self, text: &str) -> Result<(WristbandId, bool), WristbandError> {
        let (key, rolls) = self.wristbands.as_ref().ok_or(WristbandError::Malformed)?;
        let serial = wristband::verify(text, self.event, key)?;
        let roll = rolls.iter().find(|roll| roll.contains(serial));
        let roll = roll.ok_or(WristbandError::NotGenuine)?;
        Ok((wristband::of_serial(self.event, serial), roll.void))
    }

    /// Checks a code for this event.
    ///
    /// # Errors
    /// As [`TicketCode::verify`].
    pub fn verify(&self, code: &TicketCode) -> Result<Payload, CodeError> {
        code.verify(self.event, &self.own)
    }

    /// Checks a rehearsal ticket of this event; gives until when it may be shown.
    ///
    /// # Errors
    /// As [`RehearsalCode::verify`].
    pub fn verify_rehearsal(&self, code: &RehearsalCode) -> Result<Timestamp, CodeError> {
        code.verify(self.event, &self.own)
    }

    /// The other event for which the code is genuine, if there is one.
    #[must_use]
    pub fn other_event(&self, code: &TicketCode) -> Option<EventId> {
        let genuine = |(event, keys): &&(EventId, EventKeys)| code.verify(*event, keys).is_ok();
        self.others.iter().find(genuine).map(|(event, _)| *event)
    }
}
