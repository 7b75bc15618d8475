//! Ids of what only central knows; those that gates know too are in `sync_protocol::id`.

use sync_protocol::id_type;

id_type!(
    /// An organiser.
    ClientId
);
id_type!(
    /// A ticket type as sold; gates know it by its number.
    TicketTypeId
);
id_type!(
    /// A category or subcategory of ticket types.
    CategoryId
);
id_type!(
    /// One purchase.
    OrderId
);
id_type!(
    /// One line of an order.
    OrderItemId
);
id_type!(
    /// One attempt to pay an order.
    PaymentId
);
id_type!(
    /// Money that goes back, once.
    RefundId
);
id_type!(
    /// One webhook as it came in.
    NoticeId
);
id_type!(
    /// One account.
    UserId
);
id_type!(
    /// One capacity that several types draw on.
    SharedQuotaId
);
id_type!(
    /// One promo code.
    PromoId
);
