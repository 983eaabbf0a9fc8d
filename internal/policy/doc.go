// Package policy holds the nouns of a policy discussion and the rules they obey.
//
// An [Organisation]'s people open a [Challenge]: a question, asked in public, with a date by
// which it is answered. It runs in [Stage]s. Whoever answers makes a [Contribution]. What is
// worked out together is a [Proposal], in numbered [Version]s. Every use of power over the
// record is a [LogEntry]; everything that happens is an [Event].
//
// The package does no I/O and knows neither SQL, HTML nor ActivityPub: every rule is a function
// of its arguments and a clock reading.
package policy

// ID is the key of a row: time-ordered, unique in one instance, never shown to people and never
// part of an address. Zero means "not stored yet" or "none".
type ID int64
