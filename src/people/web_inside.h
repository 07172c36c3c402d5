/* Internal to people: its pages. */
#pragma once

#include "people/account.h"
#include "people/people_pages.h"
