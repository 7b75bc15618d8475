//! What the command line does of what the panel does too: the same acts, by whoever may start the program.

use sync_protocol::{id::EventId, operator::Role, search::Passphrase};

use super::{
    App,
    bundle::{ImportError, Imported},
    events::EventError,
    rehearsal::Rehearsals,
    search::SearchSetupError,
    staff::{NewStaff, Secret, StaffError},
    users::By,
};

const BY: &By = &By::CommandLine;

impl App {
    /// [`App::add_staff_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn add_staff(&self, wish: &NewStaff) -> Result<Secret, StaffError> {
        self.add_staff_by(BY, wish).await
    }

    /// [`App::assign_staff_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn assign_staff(
        &self,
        login: &str,
        role: Role,
        events: &[EventId],
    ) -> Result<(), StaffError> {
        self.assign_staff_by(BY, login, role, events).await
    }

    /// [`App::withdraw_staff_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn withdraw_staff(&self, login: &str, event: EventId) -> Result<(), StaffError> {
        self.withdraw_staff_by(BY, login, event).await
    }

    /// [`App::reset_staff_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn reset_staff(&self, login: &str) -> Result<Secret, StaffError> {
        self.reset_staff_by(BY, login).await
    }

    /// [`App::set_staff_active_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn set_staff_active(&self, login: &str, is_active: bool) -> Result<(), StaffError> {
        self.set_staff_active_by(BY, login, is_active).await
    }

    /// [`App::set_idle_lock_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn set_idle_lock(&self, event: EventId, minutes: i64) -> Result<(), StaffError> {
        self.set_idle_lock_by(BY, event, minutes).await
    }

    /// [`App::open_gates_to_all_by`].
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn open_gates_to_all(&self, event: EventId) -> Result<(), StaffError> {
        self.open_gates_to_all_by(BY, event).await
    }

    /// [`App::turn_search_on_by`].
    ///
    /// # Errors
    /// [`SearchSetupError`].
    pub async fn turn_search_on(
        &self,
        event: EventId,
        passphrase: Passphrase,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        self.turn_search_on_by(BY, event, passphrase, told).await
    }

    /// [`App::turn_search_off_by`].
    ///
    /// # Errors
    /// [`SearchSetupError`].
    pub async fn turn_search_off(
        &self,
        event: EventId,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        self.turn_search_off_by(BY, event, told).await
    }

    /// [`App::change_search_passphrase_by`].
    ///
    /// # Errors
    /// [`SearchSetupError`].
    pub async fn change_search_passphrase(
        &self,
        event: EventId,
        passphrase: Passphrase,
    ) -> Result<(), SearchSetupError> {
        self.change_search_passphrase_by(BY, event, passphrase)
            .await
    }

    /// [`App::make_rehearsals_by`].
    ///
    /// # Errors
    /// [`EventError::Key`].
    pub async fn make_rehearsals(
        &self,
        event: EventId,
        count: u16,
        hours: i64,
    ) -> Result<Rehearsals, EventError> {
        self.make_rehearsals_by(BY, event, (count, hours)).await
    }

    /// [`App::import_log_by`], of whichever event.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_log(
        &self,
        file: &[u8],
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Imported, ImportError> {
        self.import_log_by(BY, None, file, progress).await
    }
}
