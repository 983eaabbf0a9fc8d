package federation

// Federation dispatches activities and answers for the protocol.
type Federation struct{}
