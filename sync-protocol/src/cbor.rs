//! CBOR for our newtypes: ids and digests as byte strings, closed enums as small integers.
//!
//! Everything is encoded in definite lengths with ascending integer keys, so equal values give equal
//! bytes and a record can be hashed. Derives do the rest; only what they cannot do stands here.

/// Implements CBOR for a newtype over `[u8; N]` as a byte string of exactly `N` bytes.
macro_rules! byte_array_cbor {
    ($name:ident, $len:expr, $to:expr, $from:expr) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                let to: fn(&$name) -> &[u8; $len] = $to;
                e.bytes(to(self))?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let position = d.position();
                let from: fn([u8; $len]) -> $name = $from;
                <[u8; $len]>::try_from(d.bytes()?).map(from).map_err(|_| {
                    minicbor::decode::Error::message(concat!("wrong length of ", stringify!($name)))
                        .at(position)
                })
            }
        }
    };
}

/// Implements CBOR, `code()` and `from_code()` for a closed enum with explicit `u8` discriminants.
macro_rules! closed_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $code:literal => $text:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $( $(#[$vmeta])* $variant = $code ),+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number that stands for it on the wire and in tables; never reused.
            #[must_use]
            pub const fn code(self) -> u8 { self as u8 }

            /// The value with this number, if there is one.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The stable name used in logs, JSON and the audit trail.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value with this stable name, if there is one.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.name())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self, e: &mut minicbor::Encoder<W>, _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.u8(self.code())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>, _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let position = d.position();
                Self::from_code(d.u8()?).ok_or_else(|| {
                    minicbor::decode::Error::message(concat!("unknown ", stringify!($name)))
                        .at(position)
                })
            }
        }
    };
}

pub(crate) use {byte_array_cbor, closed_enum};
