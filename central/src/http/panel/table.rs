//! All routes of the panel and who is let through: the one place where that is said.
//!
//! `docs/panel-rights.md` shows what comes of it for every role, and a test asks every route as every role.

use super::{
    account, audit, client, dashboard, event, export, factor,
    gates::{
        bundle, check, conflict, enrol, gate_rule, live, node_list, node_page, operator,
        operator_list, scan_list,
    },
    list::saved,
    order, order_act, order_bulk, order_list, reset, role,
    route::{Access::*, Route, Target::*, routes},
    sign_in, staff,
};
use crate::domain::permission::Permission::*;

/// The table.
pub const ROUTES: &[Route] = routes! {
    GET "/panel/sign-in" Open => sign_in::show,
    POST "/panel/sign-in" Open => sign_in::send,
    GET "/panel/forgot" Open => reset::show,
    POST "/panel/forgot" Open => reset::ask,
    GET "/panel/reset" Open => reset::choose,
    POST "/panel/reset" Open => reset::set,
    GET "/panel/second-factor" Password => sign_in::code,
    POST "/panel/second-factor" Password => sign_in::send_code,
    POST "/panel/sign-out" Own => sign_in::out,

    GET "/panel" Own => dashboard::show,
    GET "/panel/account" Own => account::show,
    GET "/panel/account/password" Own => account::password,
    POST "/panel/account/password" Own => account::set_password,
    POST "/panel/account/sessions" Own => account::end_session,
    POST "/panel/account/factor" Own => factor::begin,
    POST "/panel/account/factor/confirm" Own => factor::confirm,
    POST "/panel/account/factor/remove" Own => factor::remove,
    POST "/panel/saved" Own => saved::keep,
    POST "/panel/saved/forget" Own => saved::forget,

    GET "/panel/events" May(EventsView, List) => event::list,
    GET "/panel/events/{event}" May(EventsView, Event) => event::show,
    POST "/panel/events/{event}/publish" May(EventsManage, Event) => event::publish,
    POST "/panel/events/{event}/close" May(EventsManage, Event) => event::close,
    // Setting up an event.

    // Gates.
    GET "/panel/events/{event}/live" May(ScansView, Event) => live::show,
    GET "/panel/events/{event}/live/stream" May(ScansView, Event) => live::stream,
    GET "/panel/events/{event}/scans" May(ScansView, Event) => scan_list::show,
    GET "/panel/events/{event}/nodes" May(ScansView, Event) => node_list::tab,
    POST "/panel/events/{event}/nodes/codes" May(NodesManage, Event) => enrol::create,
    GET "/panel/events/{event}/nodes/code" May(NodesManage, Event) => enrol::follow,
    POST "/panel/events/{event}/nodes/code" May(NodesManage, Event) => enrol::withdraw,
    GET "/panel/events/{event}/checks" May(ScansView, Event) => check::of_event,
    POST "/panel/events/{event}/checks" May(NodesManage, Event) => check::start_event,
    GET "/panel/events/{event}/bundles" May(NodesManage, Event) => bundle::show,
    POST "/panel/events/{event}/bundles" May(NodesManage, Event) => bundle::bring,
    GET "/panel/events/{event}/bundles/answer" May(NodesManage, Event) => bundle::answer,
    GET "/panel/events/{event}/gate-rules" May(ScansView, Event) => gate_rule::show,
    POST "/panel/events/{event}/gate-rules/idle" May(StaffManage, Event) => gate_rule::set_idle,
    POST "/panel/events/{event}/gate-rules/open" May(StaffManage, Event) => gate_rule::open_to_all,
    POST "/panel/events/{event}/gate-rules/search" May(NodesManage, Event) => gate_rule::search,
    POST "/panel/events/{event}/gate-rules/rehearsal" May(NodesManage, Event) => gate_rule::rehearse,
    GET "/panel/events/{event}/conflicts" May(ScansView, Event) => conflict::of_event,
    POST "/panel/events/{event}/conflicts" May(ScansDecide, Event) => conflict::act,

    // Orders, and what belongs to them.
    GET "/panel/orders" May(OrdersView, List) => order_list::show,
    GET "/panel/orders.csv" May(OrdersExport, List) => export::csv,
    GET "/panel/orders.xlsx" May(OrdersExport, List) => export::xlsx,
    POST "/panel/orders/flag" May(OrdersManage, List) => order_bulk::flag,
    POST "/panel/orders/unflag" May(OrdersManage, List) => order_bulk::unflag,
    POST "/panel/orders/papers" May(OrdersManage, List) => order_bulk::papers,
    POST "/panel/orders/cancel" May(OrdersRefund, List) => order_bulk::cancel,
    GET "/panel/orders/{order}" May(OrdersView, Order) => order::show,
    GET "/panel/orders/{order}/tickets.pdf" May(OrdersManage, Order) => order_act::pdf,
    POST "/panel/orders/{order}/flag" May(OrdersManage, Order) => order_act::flag,
    POST "/panel/orders/{order}/unflag" May(OrdersManage, Order) => order_act::unflag,
    POST "/panel/orders/{order}/papers" May(OrdersManage, Order) => order_act::papers,
    POST "/panel/orders/{order}/cancel" May(OrdersRefund, Order) => order_act::cancel,

    // Money.

    // Nodes and what they tell.
    GET "/panel/nodes" May(ScansView, List) => node_list::list,
    POST "/panel/nodes/revoke" May(NodesManage, List) => node_list::revoke,
    GET "/panel/nodes/{node}" May(ScansView, Node) => node_page::show,
    POST "/panel/nodes/{node}" May(NodesManage, Node) => node_page::change,
    POST "/panel/nodes/{node}/check" May(NodesManage, Node) => check::start_node,
    POST "/panel/nodes/{node}/release" May(NodesManage, Node) => node_page::release,
    POST "/panel/nodes/{node}/revoke" May(NodesManage, Node) => node_page::revoke,
    GET "/panel/conflicts" May(ScansView, List) => conflict::inbox,
    GET "/panel/checks" May(AuditView, Platform) => check::all,
    POST "/panel/checks" May(AuditView, Platform) => check::start_all,
    GET "/panel/operators" May(StaffManage, Platform) => operator_list::list,
    GET "/panel/operators/new" May(StaffManage, Platform) => operator_list::form,
    POST "/panel/operators" May(StaffManage, Platform) => operator_list::create,
    GET "/panel/operators/{login}" May(StaffManage, Platform) => operator::show,
    POST "/panel/operators/{login}/assign" May(StaffManage, Platform) => operator::assign,
    POST "/panel/operators/{login}/withdraw" May(StaffManage, Platform) => operator::withdraw,
    POST "/panel/operators/{login}/reset" May(StaffManage, Platform) => operator::reset,
    POST "/panel/operators/{login}/active" May(StaffManage, Platform) => operator::set_active,

    // Reports.

    // The installation.
    GET "/panel/clients" May(ClientsManage, Platform) => client::list,
    GET "/panel/clients/new" May(ClientsManage, Platform) => client::form,
    POST "/panel/clients" May(ClientsManage, Platform) => client::create,

    GET "/panel/staff" May(StaffManage, Platform) => staff::list,
    GET "/panel/staff/new" May(StaffManage, Platform) => staff::form,
    POST "/panel/staff" May(StaffManage, Platform) => staff::create,
    GET "/panel/staff/{user}" May(StaffManage, Platform) => staff::show,
    POST "/panel/staff/{user}/role" May(StaffManage, Platform) => staff::set_role,
    POST "/panel/staff/{user}/password" May(StaffManage, Platform) => staff::renew_password,
    POST "/panel/staff/{user}/factor" May(StaffManage, Platform) => staff::clear_factor,
    POST "/panel/staff/{user}/active" May(StaffManage, Platform) => staff::set_active,

    GET "/panel/roles" May(RolesManage, Platform) => role::list,
    POST "/panel/roles/{role}" May(RolesManage, Platform) => role::set,
    GET "/panel/audit" May(AuditView, Platform) => audit::list,
};
