//! Stable names as people read them: statuses, permissions, roles and reasons to look.
//!
//! A name that has no words here is shown as it is: roles and permissions are rows and may be new.

use documents::Language;
use sync_protocol::ticket::TicketStatus;

use crate::domain::{
    attention::Attention, conflict::Kind, event::EventStatus, node::NodeStatus, order::OrderStatus,
    order_search::Sort, permission::Permission,
};

/// Words and the colour of a mark: `good`, `wait`, `bad`, `calm`.
pub(super) type Mark = (&'static str, &'static str);

const fn pick(language: Language, english: &'static str, indonesian: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

pub(super) const fn event(status: EventStatus, language: Language) -> Mark {
    let (english, indonesian, colour) = match status {
        EventStatus::Draft => ("Draft", "Draf", "calm"),
        EventStatus::Published => ("On sale", "Dijual", "good"),
        EventStatus::Closed => ("Closed", "Ditutup", "calm"),
        EventStatus::Cancelled => ("Cancelled", "Dibatalkan", "bad"),
        EventStatus::Postponed => ("Postponed", "Ditunda", "wait"),
        EventStatus::Completed => ("Over", "Selesai", "calm"),
    };
    (pick(language, english, indonesian), colour)
}

pub(super) const fn order(status: OrderStatus, language: Language) -> Mark {
    let (english, indonesian, colour) = match status {
        OrderStatus::Pending => ("Waiting for payment", "Menunggu pembayaran", "wait"),
        OrderStatus::Paid => ("Paid", "Dibayar", "good"),
        OrderStatus::PartlyRefunded => ("Partly refunded", "Dikembalikan sebagian", "wait"),
        OrderStatus::Refunded => ("Refunded", "Dikembalikan", "calm"),
        OrderStatus::Expired => ("Expired", "Kedaluwarsa", "calm"),
        OrderStatus::Cancelled => ("Cancelled", "Dibatalkan", "calm"),
        OrderStatus::Failed => ("Failed", "Gagal", "bad"),
    };
    (pick(language, english, indonesian), colour)
}

pub(super) const fn ticket(status: TicketStatus, language: Language) -> Mark {
    let (english, indonesian, colour) = match status {
        TicketStatus::Valid => ("Valid", "Berlaku", "good"),
        TicketStatus::Unpaid => ("Not paid", "Belum dibayar", "wait"),
        TicketStatus::Revoked => ("Withdrawn", "Ditarik", "bad"),
        TicketStatus::Refunded => ("Refunded", "Dikembalikan", "calm"),
        TicketStatus::Transferred => ("Passed on", "Dialihkan", "calm"),
    };
    (pick(language, english, indonesian), colour)
}

pub(super) const fn node(status: NodeStatus, language: Language) -> Mark {
    let (english, indonesian, colour) = match status {
        NodeStatus::Active => ("Active", "Aktif", "good"),
        NodeStatus::Revoked => ("Revoked", "Dicabut", "calm"),
        NodeStatus::Quarantined => ("Quarantined", "Dikarantina", "bad"),
    };
    (pick(language, english, indonesian), colour)
}

pub(super) const fn conflict(kind: Kind, language: Language) -> &'static str {
    let (english, indonesian) = match kind {
        Kind::Double => ("Admitted twice", "Masuk dua kali"),
        Kind::Unbound => ("Wristband of no ticket", "Gelang tanpa tiket"),
        Kind::AfterRevocation => (
            "Admitted after it was revoked",
            "Masuk setelah tiketnya dicabut",
        ),
        Kind::NotValid => ("Admitted though not valid", "Masuk padahal tidak berlaku"),
        Kind::Parked => ("Record set aside", "Catatan disisihkan"),
        Kind::Quarantined => ("Node in quarantine", "Perangkat dikarantina"),
        Kind::FasterThanAssumed => (
            "Faster than counts assume",
            "Lebih cepat dari anggapan hitungan",
        ),
    };
    pick(language, english, indonesian)
}

/// English and Indonesian words of an order of a list.
pub(super) const fn sort(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Newest => ("Newest first", "Terbaru dahulu"),
        Sort::Oldest => ("Oldest first", "Terlama dahulu"),
        Sort::Dearest => ("Largest first", "Terbesar dahulu"),
        Sort::Cheapest => ("Smallest first", "Terkecil dahulu"),
    }
}

pub(super) const fn attention(why: Attention, language: Language) -> &'static str {
    let (english, indonesian) = match why {
        Attention::PaidAfterRelease => ("Paid after the hold", "Dibayar setelah waktunya habis"),
        Attention::RefundByHand => ("Refund by hand", "Kembalikan dengan tangan"),
        Attention::Reserved => ("Reserved", "Dicadangkan"),
        Attention::UnknownStatus => ("Unknown status", "Status tak dikenal"),
        Attention::Challenged => ("Challenged", "Diperiksa bank"),
        Attention::AmountDiffers => ("Amount differs", "Jumlah berbeda"),
        Attention::PaidWithoutStock => ("Paid without stock", "Dibayar tanpa stok"),
        Attention::RefundFailed => ("Refund failed", "Pengembalian gagal"),
        Attention::PaidTwice => ("Paid twice", "Dibayar dua kali"),
        Attention::RefundedElsewhere => ("Refunded elsewhere", "Dikembalikan di tempat lain"),
        Attention::Reversed => ("Payment taken back", "Pembayaran ditarik kembali"),
        Attention::Disputed => ("Disputed", "Disengketakan"),
    };
    pick(language, english, indonesian)
}

pub(super) fn role(name: &str, language: Language) -> String {
    let (english, indonesian) = match name {
        "super_admin" => ("Administrator", "Admin utama"),
        "client" => ("Organiser", "Penyelenggara"),
        "venue_manager" => ("Venue manager", "Manajer tempat"),
        "wristband_exchange_officer" => ("Wristband exchange officer", "Petugas penukaran gelang"),
        "wristband_validator" => ("Wristband validator", "Petugas pemeriksa gelang"),
        "gate_supervisor" => ("Gate supervisor", "Pengawas gerbang"),
        other => return other.to_owned(),
    };
    pick(language, english, indonesian).to_owned()
}

pub(super) const fn permission(permission: Permission, language: Language) -> &'static str {
    let (english, indonesian) = match permission {
        Permission::EventsView => ("See events and sales", "Melihat acara dan penjualan"),
        Permission::EventsManage => (
            "Set up events, prices and promo codes",
            "Menyiapkan acara, harga, dan kode promo",
        ),
        Permission::EventsPublish => (
            "Open, postpone and cancel events",
            "Membuka, menunda, dan membatalkan acara",
        ),
        Permission::OrdersView => ("See orders and buyers", "Melihat pesanan dan pembeli"),
        Permission::OrdersExport => ("Take lists away as files", "Mengunduh daftar pesanan"),
        Permission::OrdersManage => (
            "Flag orders, send papers again, ask for refunds",
            "Menandai pesanan, mengirim ulang dokumen, meminta pengembalian dana",
        ),
        Permission::ReportsView => (
            "See reports of sales, money and attendance",
            "Melihat laporan penjualan, uang, dan kehadiran",
        ),
        Permission::OrdersRefund => ("Refund and cancel orders", "Mengembalikan uang pesanan"),
        Permission::NodesManage => (
            "Enrol and revoke nodes",
            "Mendaftarkan dan mencabut perangkat",
        ),
        Permission::ScansView => (
            "See nodes, scans and conflicts",
            "Melihat perangkat, pindaian, konflik",
        ),
        Permission::ScansDecide => ("Annotate conflicts", "Mencatat keputusan konflik"),
        Permission::ClientsManage => ("Organisers", "Penyelenggara"),
        Permission::StaffManage => ("Accounts and passwords", "Akun dan kata sandi"),
        Permission::RolesManage => ("Roles", "Peran"),
        Permission::AuditView => ("Audit trail", "Jejak audit"),
        Permission::GateExchange => ("Exchange tickets at gates", "Menukar tiket di gerbang"),
        Permission::GateValidate => ("Let in at gates", "Memeriksa di gerbang"),
        Permission::GateSupervise => ("Decide at gates", "Memutuskan di gerbang"),
    };
    pick(language, english, indonesian)
}
