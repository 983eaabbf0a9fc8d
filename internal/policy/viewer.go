package policy

// Viewer is who is looking. The zero value is the public.
type Viewer struct {
	Staff bool   // signed in, with a role in the organisation
	Actor ID     // zero for the public
	Role  Role   // empty for the public
	Name  string // display name of the signed-in person
}

// Public is the viewer that everybody is until they sign in.
var Public = Viewer{}
