-- One filing a request: the form and a paper of 200 KB that nobody has sent before.
local paper = "%PDF-1.4\n" .. string.rep("0123456789abcdef", 12800)
local thread = 0
function setup(t) t:set("number", thread) thread = thread + 1 end
function init() count = 0 end
function request()
    count = count + 1
    local key = string.format("%d-%d-%d", number, count, math.random(1e9))
    local b = "nepbench"
    local part = function(name, value) return "--" .. b .. "\r\nContent-Disposition: form-data; name=\"" .. name .. "\"\r\n\r\n" .. value .. "\r\n" end
    local body = part("_csrf", os.getenv("NEP_CSRF")) .. part("_once", key) .. part("request", "Hồ sơ đo tốc độ") ..
        "--" .. b .. "\r\nContent-Disposition: form-data; name=\"Giấy tờ\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n" ..
        paper .. key .. "\n%%EOF\n\r\n--" .. b .. "--\r\n"
    return wrk.format("POST", nil, { ["Content-Type"] = "multipart/form-data; boundary=" .. b, ["Cookie"] = os.getenv("NEP_COOKIE") }, body)
end
function response(status) if status ~= 303 then io.stderr:write("status " .. status .. "\n") end end
