complete --keep-order --exclusive --command git-desk --arguments "(COMPLETE=fish git-desk -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
