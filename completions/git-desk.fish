complete --keep-order --exclusive --command git-desk --arguments "(COMPLETE=fish git-desk -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"

function __git_desk_typed
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    test "$words[2]" = desk
end
function __git_desk_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set --erase words[1..2]
    COMPLETE=fish git-desk -- git-desk $words (commandline --current-token)
end
complete --keep-order --exclusive --command git --condition __git_desk_typed --arguments '(__git_desk_complete)'
