package federation_test

import (
	"context"

	"github.com/folkmoot/folkmoot/federation/nodeinfo"
)

func nodeInfo(context.Context) (nodeinfo.Info, error) {
	posts := int64(7)
	return nodeinfo.Info{Software: nodeinfo.Software{Name: "folkmoot", Version: "1.0"}, LocalPosts: &posts}, nil
}
