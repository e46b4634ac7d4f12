//! The question who is signed in, put to the `me` endpoint.
//!
//! It owns the one request that is out.

use crate::core::context::flight::Flight;
use crate::core::identity::counters::Epoch;
use crate::core::port::ids::RequestId;
use crate::core::time::clock::Mono;

#[derive(Clone, Debug, Default)]
pub(crate) struct Me {
    flight: Option<Flight>,
}

impl Me {
    pub(crate) fn asked(&mut self, flight: Flight) {
        self.flight = Some(flight);
    }

    pub(crate) fn is_out(&self) -> bool {
        self.flight.is_some()
    }

    pub(crate) fn asks_in(&self, epoch: Epoch) -> bool {
        self.flight.is_some_and(|flight| flight.epoch == epoch)
    }

    /// Its answer may be from before somebody logged in or out: it is nobody's.
    pub(crate) fn forget(&mut self) {
        self.flight = None;
    }

    /// `request` is the one that is out: it is not any more.
    pub(crate) fn take(&mut self, request: RequestId) -> Option<Flight> {
        self.flight.take_if(|flight| flight.request == request)
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.flight.map(|flight| flight.until)
    }

    pub(crate) fn take_overdue(&mut self, now: Mono) -> bool {
        self.flight.take_if(|flight| flight.until <= now).is_some()
    }
}
