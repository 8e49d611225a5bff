/** The emoji shortcodes a sales bot and its people use; an unknown code stays as it was typed. */
const CODES = `+1 👍|thumbsup 👍|-1 👎|wave 👋|raised_hand ✋|hand ✋|raised_hands 🙌|raising_hand 🙋|clap 👏|pray 🙏|point_right 👉
ok_hand 👌|muscle 💪|handshake 🤝|eyes 👀|smile 😄|slightly_smiling_face 🙂|simple_smile 🙂|grinning 😀|joy 😂|wink 😉|thinking_face 🤔
sweat_smile 😅|sob 😭|heart ❤️|fire 🔥|tada 🎉|sparkles ✨|star ⭐|rocket 🚀|zap ⚡|bulb 💡|dart 🎯|trophy 🏆|moneybag 💰
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|question ❓|exclamation ❗
bell 🔔|no_bell 🔕|mega 📣|telephone_receiver 📞|phone ☎️|telephone ☎️|iphone 📱|email ✉️|envelope ✉️|e-mail 📧|incoming_envelope 📨|mailbox 📫|speech_balloon 💬
calendar 📆|date 📅|clock1 🕐|clock9 🕘|alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|memo 📝|pencil ✏️|clipboard 📋|pushpin 📌|paperclip 📎
link 🔗|mag 🔍|lock 🔒|key 🔑|wrench 🔧|gear ⚙️|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|office 🏢|house 🏠|globe_with_meridians 🌐
seedling 🌱|snowflake ❄️|sunny ☀️|coffee ☕|birthday 🎂|gift 🎁|crown 👑|recycle ♻️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|repeat 🔁|leftwards_arrow_with_hook ↩️
red_circle 🔴|large_blue_circle 🔵|large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|white_circle ⚪|black_circle ⚫|small_blue_diamond 🔹|sleeping 😴|zzz 💤|palm_tree 🌴|robot_face 🤖|100 💯`;

const MAP = new Map(CODES.split(/[|\n]/).map((pair) => pair.split(" ")));

/** The character for a code without its colons, or null. */
export const emoji = (code) => MAP.get(code.split("::")[0]) ?? null;
