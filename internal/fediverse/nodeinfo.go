package fediverse

import (
	"context"
	"errors"

	"github.com/folkmoot/folkmoot/federation/nodeinfo"
	"github.com/folkmoot/folkmoot/internal/errs"
)

// nodeInfo is what the instance says of itself to crawlers.
func (f *Fediverse) nodeInfo(ctx context.Context) (nodeinfo.Info, error) {
	info := nodeinfo.Info{
		Software: nodeinfo.Software{Name: "folkmoot", Version: f.version},
		Metadata: map[string]any{"test": f.test},
	}
	org, err := f.db.Organisation(ctx)
	if err != nil && !errors.Is(err, errs.NotFound) {
		return info, err
	}
	if org != nil {
		info.Metadata["nodeName"] = org.Actor.DisplayName()
		info.Metadata["nodeDescription"] = org.Strap
	}
	n, err := f.db.Counts(ctx)
	if err != nil {
		return info, err
	}
	posts := n.Challenges + n.Proposals
	info.Users = nodeinfo.Users{Total: &n.Accounts}
	info.LocalPosts, info.LocalComments = &posts, new(int64)
	return info, nil
}
