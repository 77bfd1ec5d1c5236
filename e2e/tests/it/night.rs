//! A night, from the alert to the closed incident, by keyboard alone up to the published notice.
