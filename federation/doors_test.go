package federation

import "testing"

func TestDoors(t *testing.T) {
	d := doors{open: map[string]int{}}
	var leave []func()
	enter := func(host string, wantFull, wantOK bool) {
		t.Helper()
		out, full, ok := d.enter(host)
		if full != wantFull || ok != wantOK {
			t.Fatalf("enter(%s) = full %v, ok %v, want %v, %v", host, full, ok, wantFull, wantOK)
		}
		if ok {
			leave = append(leave, out)
		}
	}
	for range doorsHost {
		enter("a", false, true)
	}
	enter("a", false, false) // its share is used up,
	enter("b", false, true)  // that of others is not
	for i := len(leave); i < doorsAll; i++ {
		enter(string(rune(0x4e00+i)), false, true)
	}
	enter("c", true, false)
	for _, out := range leave {
		out()
	}
	enter("a", false, true)
	leave[len(leave)-1]()
	if len(d.open) != 0 || d.all != 0 {
		t.Errorf("empty, but %d hosts and %d deliveries are remembered", len(d.open), d.all)
	}
}
