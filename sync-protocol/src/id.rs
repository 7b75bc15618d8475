//! Ids: one newtype per noun, so that a gate is never passed where a ticket is meant.
//!
//! All are UUIDs of version 7 made by the caller from its clock and entropy; they print as lower-case
//! hyphenated UUIDs and travel as 16 bytes.

/// Declares an id newtype over a UUID.
#[macro_export]
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// The id with this value; for tests and fixtures.
            #[must_use]
            pub const fn from_u128(value: u128) -> Self { Self(uuid::Uuid::from_u128(value)) }

            /// The sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] { self.0.as_bytes() }

            /// The id with these sixteen bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self { Self(uuid::Uuid::from_bytes(bytes)) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    };
}

macro_rules! wire_id {
    ($(#[$meta:meta])* $name:ident) => {
        id_type!($(#[$meta])* $name);
        crate::cbor::byte_array_cbor!($name, 16, |id| id.0.as_bytes(), |bytes| $name(
            uuid::Uuid::from_bytes(bytes)
        ));
    };
}

wire_id!(
    /// One event (the show), with its days, types, gates and keys.
    EventId
);
wire_id!(
    /// One ticket, for ever; a re-issue is another ticket.
    TicketId
);
wire_id!(
    /// A place where people enter.
    GateId
);
wire_id!(
    /// One scanning device.
    NodeId
);
wire_id!(
    /// A person who works a gate.
    OperatorId
);
wire_id!(
    /// One boot of a device: monotonic times are comparable only within it.
    BootId
);
wire_id!(
    /// One wristband.
    WristbandId
);
