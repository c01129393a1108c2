# template.jl -- a whole candidate in Julia: replace steadystate() by your solver.
# SPDX-License-Identifier: CC0-1.0
#
#   lindbound gate kerr --exec 'julia template.jl'
#
# Needs the package JSON.  Not run in lindbound's CI, which has no Julia: tell us
# if it does not work.
using JSON, LinearAlgebra

const CUTOFF = 5  # highest level of each mode

function steadystate(H, jumps)
    one = Matrix{ComplexF64}(I, size(H))
    L = -im * (kron(one, H) - kron(transpose(H), one))  # rho column by column
    for (rate, c) in jumps
        cc = c' * c
        L += rate * (kron(conj(c), c) - kron(one, cc) / 2 - kron(transpose(cc), one) / 2)
    end
    L[1, :] = vec(one)  # tr(rho) = 1
    right = zeros(ComplexF64, size(L, 1))
    right[1] = 1
    return reshape(L \ right, size(H))
end

# a'^m a^n or |m><n| of subsystem k (from 0)
function factor(levels, k, m, n, unit = 0)
    d = levels[k + 1]
    a = diagm(1 => sqrt.(1:d - 1))
    if unit == 1
        part = zeros(d, d)
        part[m + 1, n + 1] = 1
    else
        part = (a')^m * a^n
    end
    identity(range) = Matrix{Float64}(I, prod(levels[range]), prod(levels[range]))
    return kron(identity(1:k), part, identity(k + 2:length(levels)))
end

function operator(terms, levels)
    total = zeros(ComplexF64, prod(levels), prod(levels))
    for (re, imag, factors) in terms
        product = Matrix{ComplexF64}(I, size(total))
        for f in factors
            product = product * factor(levels, f...)
        end
        total += (re + im * imag) * product
    end
    return total
end

function value(tree, mean)
    tree isa Number && return complex(tree)
    name, args = tree[1], tree[2:end]
    name == "mean" && return mean(args[1])
    name == "complex" && return complex(args[1], args[2])
    x = [value(arg, mean) for arg in args]
    name == "+" && return x[1] + x[2]
    name == "-" && return x[1] - x[2]
    name == "*" && return x[1] * x[2]
    name == "/" && return x[1] / x[2]
    name == "^" && return x[1]^x[2]
    name == "neg" && return -x[1]
    name == "re" && return complex(real(x[1]))
    name == "im" && return complex(imag(x[1]))
    name == "abs2" && return complex(abs2(x[1]))
    name == "dB" && return complex(10 * log10(real(x[1])))
    error("the function $name")  # docs/vectors.md has more
end

function run_problem(problem, wanted)
    p = problem["expanded"]
    if haskey(problem, "cutoff") || length(p["subsystems"]) > 2
        return Dict{String, Any}("skipped" => "a cutoff that is asked for, or more than two subsystems")
    end
    levels = [s["kind"] == "two-level" ? 2 : CUTOFF + 1 for s in p["subsystems"]]
    rho = steadystate(operator(p["hamiltonian"], levels),
                      [(d["rate"], operator(d["operator"], levels)) for d in p["dissipators"]])
    mean(terms) = tr(rho * operator(terms, levels))
    modes = [s["name"] for s in p["subsystems"] if s["kind"] == "mode"]
    return Dict{String, Any}(
        "values" => Dict(w => real(value(p["observables"][w], mean)) for w in wanted),
        "cutoff" => join(["$name<=$CUTOFF" for name in modes], ", "))
end

for line in eachline(stdin)
    request = JSON.parse(line)
    if request["command"] == "start"
        answer = Dict{String, Any}("name" => "template.jl", "version" => "1")
    elseif request["command"] == "run"
        answer = try
            run_problem(request["problem"], request["values"])
        catch why
            Dict{String, Any}("errored" => sprint(showerror, why))
        end
        answer["seq"] = request["seq"]
    else
        break
    end
    println(JSON.json(answer))
    flush(stdout)
end
