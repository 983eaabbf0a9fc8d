package delivery

import (
	"errors"
	"strconv"
	"time"

	"github.com/folkmoot/folkmoot/federation/fetch"
)

// answer is what came of one item that was tried.
type answer struct {
	item   Item
	status int           // 0 if there was no answer
	after  time.Duration // Retry-After; 0 if there was none
	err    error         // why there was no answer
	ours   error         // a fault of this side: nobody is blamed
	drop   string        // reason to drop it whatever the host says
}

// silent reports whether the answer says nothing about the host.
func (a answer) silent() bool { return a.ours != nil || a.drop != "" }

// reason names what went wrong, for the log and the operator.
func (a answer) reason() string {
	switch {
	case a.drop != "":
		return a.drop
	case a.ours != nil:
		return "not signed: " + a.ours.Error()
	case a.err != nil:
		return a.err.Error()
	case Judge(a.status) == Delivered:
		return ""
	}
	return "status " + strconv.Itoa(a.status)
}

// denied reports whether the dial gate refused the address: it will refuse it for ever.
func denied(err error) bool { return errors.Is(err, fetch.ErrDenied) }

// pick chooses what of a lane is sent now: at most [inFlight] items that are due, in order, and
// never one that has an earlier item about the same object before it. A host that failed is tried
// with a single item, each time with another, so that one item that it cannot stomach does not
// keep the others from it. rest are the items that were left.
func pick(items []Item, failures int, now time.Time) (batch, rest []Item) {
	taken := map[string]bool{}
	for _, it := range items {
		free := it.Object == "" || !taken[it.Object]
		taken[it.Object] = true
		if free && !it.Next.After(now) && len(batch) < inFlight {
			batch = append(batch, it)
		} else {
			rest = append(rest, it)
		}
	}
	if failures > 0 && len(batch) > 1 {
		i := (failures - 1) % len(batch)
		rest = append(rest, batch[:i]...)
		rest = append(rest, batch[i+1:]...)
		batch = batch[i : i+1]
	}
	return batch, rest
}

// round is the end of a round: what to store.
type round struct {
	lane Lane
	out  []Outcome
	next time.Time // when the host is tried again; zero means that nothing keeps it waiting
}

// conclude says what the answers of a round mean. A host that answered one item well is well: what
// failed beside it waits by itself, and is dropped after fourteen days' worth of tries. A host
// that answered none well waits as a whole. r spreads the waits, see [Backoff].
func conclude(l Lane, answers []answer, now time.Time, scale, r float64) round {
	in := func(d time.Duration) time.Time { return now.Add(time.Duration(float64(d) / scale)) }
	var alive, failed, fault bool
	var after time.Duration
	for _, a := range answers {
		switch {
		case a.silent():
			fault = fault || a.ours != nil
		case Judge(a.status) == Failed || Judge(a.status) == Moved:
			failed = true
			l.Error = a.reason()
			after = max(after, a.after)
		default:
			alive = true
		}
	}
	rd := round{lane: l}
	for _, a := range answers {
		rd.out = append(rd.out, outcome(a, alive, in, r))
	}
	if alive {
		rd.lane.Failures, rd.lane.Since, rd.lane.Dead, rd.lane.Error = 0, time.Time{}, false, ""
	}
	switch {
	case failed && (!alive || after > 0):
		rd.lane, rd.next = fail(l, rd.lane, now, scale, after, r)
	case fault:
		rd.next = in(steps[0])
	}
	return rd
}

// fail counts a failure of the host, and says when it is tried again.
func fail(before, l Lane, now time.Time, scale float64, after time.Duration, r float64) (Lane, time.Time) {
	l.Failures++
	l.Error = before.Error
	if l.Since.IsZero() {
		l.Since = now
	}
	wait := Backoff(l.Failures, r)
	if after > 0 {
		wait = after
	}
	if float64(now.Sub(l.Since)) >= float64(giveUp)/scale {
		l.Dead = true
		return l, time.Time{}
	}
	return l, now.Add(time.Duration(float64(wait) / scale))
}

// outcome says what becomes of one item; alive, whether its host answered another one well.
func outcome(a answer, alive bool, in func(time.Duration) time.Time, r float64) Outcome {
	o := Outcome{Item: a.item, Status: a.status, Reason: a.reason()}
	if a.silent() {
		o.Done = a.drop != ""
		return o
	}
	switch Judge(a.status) {
	case Delivered, Dropped, Gone:
		o.Done = true
	case Refused:
		o.Item.Attempts++
		if wait, ok := RefusedWait(o.Item.Attempts); ok {
			o.Next = in(wait)
		} else {
			o.Done = true
		}
	case Failed, Moved:
		if alive && a.after == 0 {
			o.Item.Attempts++
			o.Next = in(Backoff(o.Item.Attempts, r))
			o.Done = o.Item.Attempts >= maxTries
		}
	}
	return o
}

// sooner returns when a host is tried next: at next if that is set, at once if an item could go
// now, else when the first waiting item is due.
func sooner(next time.Time, rest []Item, out []Outcome) time.Time {
	if !next.IsZero() {
		return next
	}
	var first time.Time
	blocked := map[string]bool{}
	consider := func(object string, at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at
		}
		blocked[object] = object != ""
	}
	for _, o := range out {
		if !o.Done {
			consider(o.Item.Object, o.Next)
		}
	}
	for _, it := range rest {
		switch {
		case blocked[it.Object]:
		case it.Next.IsZero():
			return time.Time{}
		default:
			consider(it.Object, it.Next)
		}
	}
	return first
}
