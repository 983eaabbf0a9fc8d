package federation

import "sync"

// How many deliveries are judged at once: by all hosts together and by one.
const (
	doorsAll  = 1024
	doorsHost = 128
)

// doors bounds how many deliveries are judged at the same time, so that one host, or one whose
// key does not come, leaves room for the others. A host takes up memory only while it is inside.
type doors struct {
	mu   sync.Mutex
	all  int
	open map[string]int
}

// enter lets a delivery in that says to come from host, and returns what lets it out; ok is false
// if there is no room. full tells whether it is the whole house or only this host's share.
func (d *doors) enter(host string) (leave func(), full, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.all >= doorsAll:
		return nil, true, false
	case d.open[host] >= doorsHost:
		return nil, false, false
	}
	d.all++
	d.open[host]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.all--
		if d.open[host]--; d.open[host] == 0 {
			delete(d.open, host)
		}
	}, false, true
}
