package vocab

// Decode reads a document tolerantly. Only JSON that lies is an error ([SyntaxError]): what a
// field does not fit is treated as absent.
func Decode(b []byte) (*Object, error) { panic("stub") }

// Encode writes d.
func Encode(d *Doc) ([]byte, error) { panic("stub") }

// SyntaxError says why bytes are not a document. Reason is one of the Reason constants.
type SyntaxError struct {
	Reason string
	Offset int // byte at which it was noticed
}

func (e *SyntaxError) Error() string { panic("stub") }

// Why a document is refused, for the log.
const (
	ReasonSyntax = "json_syntax" // not JSON, or not one value
	ReasonDup    = "json_dup"    // a name twice in an object, also if only its case differs
	ReasonDepth  = "json_depth"  // nested deeper than MaxDepth
	ReasonNUL    = "json_nul"    // U+0000 in a string
	ReasonUTF8   = "json_utf8"   // invalid UTF-8 or half a surrogate pair
	ReasonShape  = "json_shape"  // JSON, but not an object
)

// ID is the address of an actor, object or activity in its only spelling.
type ID string

// ParseID accepts s only in the one spelling that an id may have: http or https, lower-case
// ASCII host, no user, no backslash, no percent sign in the host, no default port, and byte by
// byte the same once parsed and written again.
func ParseID(s string) (ID, error) { panic("stub") }

// Origin returns scheme://host:port of an id, with the port always written; empty if id is none.
func Origin(id string) string { panic("stub") }

// Host returns the host of an id, with the port if it has one; empty if id is none.
func Host(id string) string { panic("stub") }

// SameOrigin reports whether a and b are ids of one scheme, host and port.
func SameOrigin(a, b string) bool { panic("stub") }
